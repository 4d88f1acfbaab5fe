// One suite for every device: what Device and Executable promise, and a compiled model that gives what it gives on the CPU.
// Built once for each device (device_under_test.hpp).
#include "runtime/device/device_under_test.hpp"

#include <ingot/runtime/train/loops.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <cmath>
#include <cstring>

extern "C" const ingot_model ingot_model_conformance, ingot_model_conformance_words;

using namespace ingot::runtime;
using ingot::test::device_under_test;

namespace {

const ingot_model& model() { return ingot_model_conformance; }

Program program_for(ProgramSource& source, const Device& device) {
  ProgramRequest request;
  request.batch = 8;
  request.target = device.target();
  request.entries = training_entries | entry_bit(INGOT_GRADIENT);
  return source.get(Point(model()), request);
}

/// The device under test beside the CPU, with the same weights.
struct Pair {
  const ingot_model& of;
  CpuDevice cpu{1};
  std::unique_ptr<Device> device = device_under_test();
  ProgramSource source{of};
  Instance expected{Point(of), program_for(source, cpu), cpu};
  Instance tested{Point(of), program_for(source, *device), *device};

  explicit Pair(const ingot_model& m = model()) : of(m) {
    expected.initialize(5);
    tested.initialize(5);
  }
  void copy_state() {
    for (std::uint32_t i = 0; i < expected.states().size(); ++i) tested.set_doubles(i, expected.get_doubles(i));
  }
};

/// 50 rows of bytes or of floats, and labels that depend on them.
struct Rows {
  explicit Rows(bool bytes) {
    for (std::uint32_t i = 0; i < 50 * 12; ++i) {
      u8.push_back(static_cast<std::uint8_t>(i * 2654435761u >> 24));
      f32.push_back(u8.back());
    }
    for (std::uint32_t r = 0; r < 50; ++r) labels.push_back(u8[r * 12] > 127 ? 1 : 0);
    const auto storage = [](const void* rows) {
      return std::shared_ptr<const std::byte>(std::shared_ptr<void>(), static_cast<const std::byte*>(rows));
    };
    data.inputs = {
        {"input", bytes ? INGOT_U8 : INGOT_F32, {12}, 50, storage(bytes ? static_cast<const void*>(u8.data()) : f32.data()), true}};
    const bool integers = model().targets[0].dtype == INGOT_I32;
    if (!integers) float_labels.assign(labels.begin(), labels.end());
    data.targets = {{"label",
                     model().targets[0].dtype,
                     {},
                     50,
                     storage(integers ? static_cast<const void*>(labels.data()) : float_labels.data()),
                     true}};
    if (model().targets[0].rank == 1) data.targets[0].dims = {1};
  }
  std::vector<std::uint8_t> u8;
  std::vector<float> f32, float_labels;
  std::vector<std::int32_t> labels;
  Dataset data;
};

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return std::sqrt(difference) / std::max(std::sqrt(norm), 1e-6);
}

void check_same_state(const Instance& tested, const Instance& expected, double tolerance) {
  for (std::uint32_t i = 0; i < expected.states().size(); ++i) {
    INFO(expected.states()[i].tensor.name);
    CHECK(distance(tested.get_doubles(i), expected.get_doubles(i)) <= tolerance);
  }
}

void check_steps(const ingot_model& of) {
  for (const bool bytes : {true, false}) {
    Pair p(of);
    const Rows rows(bytes);
    const DatasetPointers at(rows.data);
    const std::uint32_t index[] = {3, 49, 0, 17, 3, 20, 31, 8};
    std::uint64_t step = 0;
    for (const std::uint32_t count : {8u, 5u, 1u, 8u}) {
      for (const std::uint32_t* rows_by : {static_cast<const std::uint32_t*>(index), static_cast<const std::uint32_t*>(nullptr)}) {
        INFO("bytes " << bytes << ", " << count << " rows, by number " << (rows_by != nullptr));
        p.copy_state();
        const Feed feed{at.inputs(), at.input_dtypes(), at.targets(), rows_by, count};
        const StepNumbers numbers{++step, 0x123456789abcdefu, 0.01};
        const double expected = p.expected.run(INGOT_TRAIN, feed, numbers)[0];
        CHECK(p.tested.run(INGOT_TRAIN, feed, numbers)[0] == Approx(expected).epsilon(1e-5));
        check_same_state(p.tested, p.expected, 1e-5);
      }
    }
  }
}

}  // namespace

TEST_CASE("memory is zeroed, aligned, and keeps what is copied into it", "[conformance]") {
  const std::unique_ptr<Device> device = device_under_test();
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{65}, std::size_t{4096}, std::size_t{9} << 20}) {
    DeviceMemory memory(*device, bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(memory.data()) % INGOT_ALIGNMENT == 0);
    std::vector<unsigned char> host(bytes, 1), back(bytes, 2);
    device->copy_to_host(back.data(), memory.data(), bytes);
    CHECK(std::all_of(back.begin(), back.end(), [](unsigned char c) { return c == 0; }));
    for (std::size_t i = 0; i < bytes; ++i) host[i] = static_cast<unsigned char>(i * 31 >> 3);
    device->copy_from_host(memory.data(), host.data(), bytes);
    device->copy_to_host(back.data(), memory.data(), bytes);
    CHECK(back == host);
    device->zero(memory.data(), bytes);
    device->copy_to_host(back.data(), memory.data(), bytes);
    CHECK(std::all_of(back.begin(), back.end(), [](unsigned char c) { return c == 0; }));
    DeviceMemory moved(std::move(memory));
    CHECK(memory.data() == nullptr);
  }
}

TEST_CASE("a loaded program's state is zero; tensors go in and come out", "[conformance]") {
  Pair p;
  Instance fresh(Point(model()), program_for(p.source, *p.device), *p.device);
  for (std::uint32_t i = 0; i < fresh.states().size(); ++i)
    for (const double v : fresh.get_doubles(i)) REQUIRE(v == 0);
  for (std::uint32_t i = 0; i < fresh.states().size(); ++i) fresh.set_doubles(i, p.expected.get_doubles(i));
  check_same_state(fresh, p.expected, 0);
  std::vector<std::byte> block(fresh.program()->state_bytes);
  fresh.save_block(block);
  fresh.initialize(77);
  fresh.load_block(block);
  check_same_state(fresh, p.expected, 0);
}

TEST_CASE("a step gives what it gives on the CPU, for bytes and floats, rows by number and in order, any number of them", "[conformance]") {
  check_steps(model());
}

TEST_CASE("a step with an embedding gives what it gives on the CPU", "[conformance]") { check_steps(ingot_model_conformance_words); }

TEST_CASE("steps that are started ahead are those that are run one by one", "[conformance]") {
  Pair p;
  const Rows rows(true);
  const std::shared_ptr<void> kept = p.tested.keep(rows.data);
  const DatasetPointers at(rows.data);
  std::vector<std::uint32_t> index(8);
  std::vector<double> losses, started;
  for (std::uint64_t step = 1; step <= 12; ++step) {
    for (std::uint32_t r = 0; r < 8; ++r) index[r] = static_cast<std::uint32_t>((step * 13 + r * 7) % 50);
    const Feed feed{at.inputs(), at.input_dtypes(), at.targets(), index.data(), step % 4 == 0 ? 5u : 8u};
    losses.push_back(p.expected.run(INGOT_TRAIN, feed, {step, 1, 0.01})[0]);
    p.tested.start(INGOT_TRAIN, feed, {step, 1, 0.01});
    std::fill(index.begin(), index.end(), 0u);  // the caller may do that
    if (step > p.tested.steps_ahead()) started.push_back(p.tested.finish()[0]);
  }
  while (started.size() < losses.size()) started.push_back(p.tested.finish()[0]);
  for (std::size_t i = 0; i < losses.size(); ++i) CHECK(started[i] == Approx(losses[i]).epsilon(1e-4));
  check_same_state(p.tested, p.expected, 1e-4);
}

TEST_CASE("evaluation, prediction and gradients", "[conformance]") {
  Pair p;
  const Rows rows(false);
  const NamedValues expected = evaluate(p.expected, rows.data), tested = evaluate(p.tested, rows.data);
  REQUIRE(tested.size() == expected.size());
  for (std::size_t m = 0; m < expected.size(); ++m) {
    CHECK(tested[m].first == expected[m].first);
    CHECK(tested[m].second == Approx(expected[m].second).epsilon(1e-5));
  }
  const auto a = predict(p.expected, rows.data), b = predict(p.tested, rows.data);
  for (std::size_t i = 0; i < 50; ++i) {
    CHECK(reinterpret_cast<const float*>(b[0].data())[i] ==
          Approx(reinterpret_cast<const float*>(a[0].data())[i]).epsilon(1e-5).margin(1e-6));
  }
  const auto gradients = [&](Instance& instance) {
    const ingot_entry& entry = *instance.program().entry(INGOT_GRADIENT);
    std::vector<std::vector<float>> results;
    std::vector<void*> outputs;
    for (std::uint32_t r = 0; r < entry.n_results; ++r) results.emplace_back(std::max<std::size_t>(entry.results[r].elements * 8, 96));
    for (auto& result : results) outputs.push_back(result.data());
    const DatasetPointers at(rows.data);
    instance.run(INGOT_GRADIENT, {at.inputs(), at.input_dtypes(), at.targets(), nullptr, 8}, {1, 3, 0}, outputs.data());
    return results;
  };
  const auto ga = gradients(p.expected), gb = gradients(p.tested);
  for (std::size_t r = 0; r < ga.size(); ++r) {
    INFO(p.expected.program().entry(INGOT_GRADIENT)->results[r].name);
    CHECK(distance({gb[r].begin(), gb[r].end()}, {ga[r].begin(), ga[r].end()}) <= 1e-5);
  }
}

TEST_CASE("a whole training run learns what it learns on the CPU", "[conformance]") {
  Pair p;
  const Rows rows(true);
  TrainOptions options = declared_options(Point(model()));
  options.seed = 3;
  Trainer on_cpu(p.source, Point(model()), p.cpu, options), on_device(p.source, Point(model()), *p.device, options);
  const TrainData data{rows.data, rows.data.slice(40, 10)};
  const TrainResult a = on_cpu.run(data), b = on_device.run(data);
  REQUIRE(a.history.size() == b.history.size());
  for (std::size_t m = 0; m < a.last.size(); ++m) CHECK(b.last[m].second == Approx(a.last[m].second).epsilon(1e-3));
  check_same_state(on_device.instance(), on_cpu.instance(), 1e-3);
}
