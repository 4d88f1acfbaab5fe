// How long each launch of an entry takes on the device, one after the other.
#include "cuda/executable.hpp"

#include <algorithm>

namespace ingot::runtime::cuda {

std::vector<double> CudaExecutable::time_launches(const ingot_entry& entry, ingot_call& call, std::uint32_t repeats) {
  run(entry, call);  // everything is loaded, and what the launches read lies there
  const Context& context = core_.context;
  const Driver& driver = context.driver();
  const Entry& own = entries_[entry.kind];
  const std::string what = "time the launches of a step";
  const Event before = make_event(context, EventKind::timed), after = make_event(context, EventKind::timed);
  std::vector<std::uint32_t> index(call.rows);
  const RowFeed::Bases bases = feed_.prepare(call, stream_.get(), index.data());
  std::vector<double> seconds;
  for (std::uint32_t l = 0; l < own.device->n_launches; ++l) {
    context.check(driver.event_record(before.get(), stream_.get()), what);
    for (std::uint32_t r = 0; r < repeats; ++r) launch_one(own, l, bases, own.has_library_form && call.rows == program_.batch);
    context.check(driver.event_record(after.get(), stream_.get()), what);
    check_step(driver.event_synchronize(after.get()), *own.device);
    float milliseconds = 0;
    context.check(driver.event_elapsed(&milliseconds, before.get(), after.get()), what);
    seconds.push_back(static_cast<double>(milliseconds) * 1e-3 / repeats);
  }
  feed_.release(stream_.get());
  return seconds;
}

}  // namespace ingot::runtime::cuda
