// A device program as the runtime meets it: the tables and images of a compiled manifest and nothing else, on the emulator, against
// the processor's program of the same manifest.
#include "support/emulator/emulator.hpp"

#include <catch2/catch.hpp>
#include <ingot_abi.h>

#include <cmath>
#include <cstring>
#include <deque>
#include <random>

extern "C" const ingot_model ingot_model_on_device;

namespace {

using ingot::test::DeviceEmulator;

constexpr std::uint32_t rows = 5;

const ingot_point& point(const char* target) {
  for (std::uint32_t i = 0; i < ingot_model_on_device.n_points; ++i)
    if (std::strcmp(ingot_model_on_device.points[i].target, target) == 0) return ingot_model_on_device.points[i];
  throw std::runtime_error("the manifest has no such point");
}

/// Memory as the contract aligns it.
struct Block {
  explicit Block(std::size_t bytes) : raw(bytes + INGOT_DEVICE_ALIGNMENT), size(bytes) {
    data = raw.data() + (INGOT_DEVICE_ALIGNMENT - reinterpret_cast<std::uintptr_t>(raw.data()) % INGOT_DEVICE_ALIGNMENT);
  }
  std::vector<std::byte> raw;
  std::byte* data;
  std::size_t size;
};

/// What both programs are given.
struct Batch {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> labels;
  std::vector<std::vector<float>> states;
  std::vector<double> scalars;
};

Batch make_batch(const ingot_device_program& p) {
  std::mt19937 random(1);
  Batch b;
  b.pixels.resize(rows * ingot_model_on_device.inputs[0].elements);
  for (auto& x : b.pixels) x = static_cast<std::uint8_t>(random());
  for (std::uint32_t r = 0; r < rows; ++r) b.labels.push_back(static_cast<std::int32_t>(random() % 10));
  for (std::uint32_t i = 0; i < p.n_states; ++i) {
    std::vector<float> values(p.states[i].tensor.elements, static_cast<float>(p.states[i].init_value));
    if (p.states[i].init != INGOT_INIT_CONSTANT)
      for (float& x : values) x = static_cast<float>((random() % 2001) * 1e-3 - 1) * static_cast<float>(p.states[i].init_value);
    b.states.push_back(std::move(values));
  }
  for (std::uint32_t i = 0; i < p.n_scalars; ++i) {
    const ingot_scalar& s = p.scalars[i];
    b.scalars.push_back(s.kind == INGOT_SCALAR_RATE ? 0.01 : s.kind == INGOT_SCALAR_POWER ? s.constant : 1);
  }
  return b;
}

struct Outcome {
  std::vector<std::vector<float>> states;
  std::vector<double> metrics;
};

template <class E, class Program>
const E& train_entry(const Program& p) {
  for (std::uint32_t i = 0; i < p.n_entries; ++i)
    if (p.entries[i].kind == INGOT_TRAIN) return p.entries[i];
  throw std::runtime_error("the program does not train");
}

Outcome on_processor(const ingot_program& p, const Batch& b) {
  const ingot_entry& e = train_entry<ingot_entry>(p);
  Block state(p.state_bytes), arena(e.arena_bytes);
  for (std::uint32_t i = 0; i < p.n_states; ++i) p.pack(state.data, i, b.states[i].data());
  Outcome o;
  o.metrics.resize(e.n_metrics);
  const void* inputs[] = {b.pixels.data()};
  const void* targets[] = {b.labels.data()};
  const std::uint32_t dtypes[] = {INGOT_U8};
  ingot_call call{};
  call.state = state.data, call.arena = arena.data, call.inputs = inputs, call.input_dtypes = dtypes, call.targets = targets;
  call.rows = rows, call.scalars = b.scalars.data(), call.metrics = o.metrics.data();
  call.barrier = [](void*, std::uint32_t) {};
  e.run(&call, 0, 1);
  for (std::uint32_t i = 0; i < p.n_states; ++i) p.unpack(state.data, i, o.states.emplace_back(b.states[i].size()).data());
  return o;
}

const ingot_emulated_image& emulated(const ingot_device_program& p) {
  for (std::uint32_t i = 0; i < p.n_images; ++i)
    if (p.images[i].kind == INGOT_IMAGE_EMULATED) return *static_cast<const ingot_emulated_image*>(p.images[i].data);
  throw std::runtime_error("the device program has no emulated image");
}

Outcome on_device(const ingot_device_program& p, const Batch& b) {
  const ingot_device_entry& e = train_entry<ingot_device_entry>(p);
  Block state(p.state_bytes), arena(e.arena_bytes), call(p.call_bytes), index(p.batch * 4), pixels(b.pixels.size()),
      labels(b.labels.size() * 4), metrics(e.n_metrics * sizeof(float));
  for (std::uint32_t i = 0; i < p.n_states; ++i)
    std::memcpy(state.data + p.state_offsets[i], b.states[i].data(), b.states[i].size() * sizeof(float));
  const std::uint32_t head[] = {rows, INGOT_U8};
  std::memcpy(call.data + INGOT_CALL_ROWS_OFFSET, &head[0], 4);
  std::memcpy(call.data + INGOT_CALL_DTYPES_OFFSET, &head[1], 4);
  std::memcpy(call.data + p.scalars_offset, b.scalars.data(), b.scalars.size() * sizeof(double));
  for (std::uint32_t r = 0; r < rows; ++r) std::memcpy(index.data + 4 * r, &r, 4);
  std::memcpy(pixels.data, b.pixels.data(), b.pixels.size());
  std::memcpy(labels.data, b.labels.data(), labels.size);

  DeviceEmulator emulator;
  Block* const spaces[] = {&state, &arena, &call, &index, &pixels, &labels, nullptr, &metrics};  // by ingot_device_space
  for (Block* block : spaces)
    if (block != nullptr) emulator.memory().add("memory", block->data, block->size, block != &call && block != &index);
  for (std::uint32_t i = 0; i < e.n_launches; ++i) {
    const ingot_device_launch& l = e.launches[i];
    std::vector<std::byte*> addresses;
    for (std::uint32_t k = 0; k < l.n_operands; ++k) addresses.push_back(spaces[l.operands[k].space]->data + l.operands[k].offset);
    std::vector<const void*> parameters;
    for (std::byte*& a : addresses) parameters.push_back(&a);
    emulator.launch(emulated(p), l.kernel, {l.grid[0], l.grid[1], l.grid[2]}, {l.block[0], l.block[1], l.block[2]}, l.shared_bytes,
                    parameters.data());
  }
  Outcome o;
  for (std::uint32_t i = 0; i < p.n_states; ++i) {
    auto& values = o.states.emplace_back(b.states[i].size());
    std::memcpy(values.data(), state.data + p.state_offsets[i], values.size() * sizeof(float));
  }
  for (std::uint32_t i = 0; i < e.n_metrics; ++i) o.metrics.push_back(reinterpret_cast<const float*>(metrics.data)[i]);
  return o;
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
    norm += double{b[i]} * b[i];
  }
  return norm == 0 ? std::sqrt(difference) : std::sqrt(difference / norm);
}

}  // namespace

TEST_CASE("the device program of a manifest trains as the processor's") {
  const ingot_program& host = *point("x86-64-v3").f32;
  const ingot_device_program& device = *point("cuda").device;
  REQUIRE((host.n_states == device.n_states && host.n_scalars == device.n_scalars && host.batch == device.batch));
  for (std::uint32_t i = 0; i < host.n_states; ++i) CHECK(std::string_view(host.states[i].tensor.name) == device.states[i].tensor.name);
  const Batch batch = make_batch(device);
  const Outcome a = on_processor(host, batch), b = on_device(device, batch);
  for (std::size_t i = 0; i < a.states.size(); ++i) {
    INFO(host.states[i].tensor.name);
    CHECK(distance(b.states[i], a.states[i]) <= 1e-5);
  }
  for (std::size_t i = 0; i < a.metrics.size(); ++i) CHECK(std::abs(a.metrics[i] - b.metrics[i]) <= 1e-5 * std::abs(a.metrics[i]));
  CHECK(distance(a.states[0], batch.states[0]) > 1e-4);  // it has learned something
}

TEST_CASE("the device program of a manifest has the forms that a driver takes") {
  const ingot_device_program& p = *point("cuda").device;
  REQUIRE(p.n_images >= 2);
  CHECK((p.images[0].kind == INGOT_IMAGE_PTX && p.images[0].sm == 80));
  const auto* ptx = static_cast<const char*>(p.images[0].data);
  CHECK(ptx[p.images[0].bytes - 1] == 0);
  CHECK(std::strlen(ptx) + 1 == p.images[0].bytes);
  for (std::uint32_t i = 1; i + 1 < p.n_images; ++i) {
    REQUIRE(p.images[i].kind == INGOT_IMAGE_CUBIN);
    CHECK(std::memcmp(p.images[i].data,
                      "\x7f"
                      "ELF",
                      4) == 0);
  }
}
