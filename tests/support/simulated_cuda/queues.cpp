#include "support/simulated_cuda/queues.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ingot::test {

SimulatedStream* Queues::make_stream() { return streams_.emplace_back(std::make_unique<SimulatedStream>()).get(); }
SimulatedEvent* Queues::make_event() { return events_.emplace_back(std::make_unique<SimulatedEvent>()).get(); }

void Queues::destroy(SimulatedStream* stream) {
  synchronize(*stream);
  streams_.erase(find(streams_, stream));
}

void Queues::destroy(SimulatedEvent* event) { events_.erase(find(events_, event)); }

void Queues::enqueue(SimulatedStream& stream, Operation operation) {
  if (stream.capture != nullptr) {
    stream.capture->operations.push_back(std::move(operation));
    return;
  }
  stream.items.push_back({std::move(operation), nullptr});
  perhaps_run();
}

void Queues::record(SimulatedStream& stream, SimulatedEvent& event) {
  event.reached = std::make_shared<bool>(false);
  enqueue(stream, [reached = event.reached] { *reached = true; });
}

void Queues::wait(SimulatedStream& stream, const SimulatedEvent& event) {
  stream.items.push_back({[] {}, event.reached});
}

void Queues::launch(SimulatedStream& stream, std::shared_ptr<const SimulatedGraph> graph) {
  for (std::size_t i = 0; i < graph->operations.size(); ++i) enqueue(stream, [graph, i] { graph->operations[i](); });
}

bool Queues::ready(const SimulatedStream& stream) {
  return !stream.items.empty() && (stream.items.front().waits_for == nullptr || *stream.items.front().waits_for);
}

void Queues::run_first(SimulatedStream& stream) {
  const SimulatedStream::Item item = std::move(stream.items.front());
  stream.items.pop_front();
  item.operation();
}

bool Queues::run_some() {
  std::vector<SimulatedStream*> able;
  for (const auto& stream : streams_)
    if (ready(*stream)) able.push_back(stream.get());
  if (able.empty()) return false;
  run_first(*able[random_() % able.size()]);
  return true;
}

void Queues::perhaps_run() {
  while (random_() % 4 == 0 && run_some()) {
  }
}

void Queues::run_until(const std::function<bool()>& done) {
  while (!done())
    if (!run_some()) throw std::logic_error("a stream waits for an event that nothing reaches");
}

void Queues::synchronize(const SimulatedStream& stream) {
  run_until([&] { return stream.items.empty(); });
}

void Queues::synchronize(const SimulatedEvent& event) {
  run_until([reached = event.reached] { return *reached; });
}

}  // namespace ingot::test
