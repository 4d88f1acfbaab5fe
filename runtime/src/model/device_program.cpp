#include "device_program.hpp"

#include <vector>

namespace ingot::runtime {
namespace {

struct Tables {
  ingot_program program = {};
  std::vector<ingot_entry> entries;
  std::vector<std::vector<ingot_kernel>> kernels;  // per entry
  std::shared_ptr<void> owner;
};

ingot_kernel kernel_of(const ingot_device_launch& launch, std::uint32_t number) {
  ingot_kernel kernel = {};
  kernel.name = launch.name;
  kernel.ops = launch.ops;
  kernel.kind = launch.kind;
  kernel.phase = number;
  kernel.groups = launch.grid[0] * launch.grid[1] * launch.grid[2];
  kernel.bytes = launch.bytes_read + launch.bytes_written;
  kernel.unfused_bytes = launch.unfused_bytes;
  kernel.flops = launch.flops;
  kernel.choice = "";
  return kernel;
}

void add_entry(Tables& tables, const ingot_device_entry& from) {
  std::vector<ingot_kernel> kernels;
  for (std::uint32_t l = 0; l < from.n_launches; ++l) kernels.push_back(kernel_of(from.launches[l], l));
  ingot_entry entry = {};
  entry.kind = from.kind;
  entry.n_metrics = from.n_metrics;
  entry.metrics = from.metrics;
  entry.n_results = from.n_results;
  entry.results = from.results;
  entry.n_kernels = from.n_launches;
  entry.phases = from.n_launches;
  entry.arena_bytes = from.arena_bytes;
  entry.unlimited_arena_bytes = from.arena_bytes;
  tables.kernels.push_back(std::move(kernels));
  entry.kernels = tables.kernels.back().data();
  tables.entries.push_back(entry);
}

}  // namespace

Program device_program(const ingot_device_program& program, std::shared_ptr<void> owner) {
  auto tables = std::make_shared<Tables>();
  for (std::uint32_t e = 0; e < program.n_entries; ++e) add_entry(*tables, program.entries[e]);
  ingot_program& abi = tables->program;
  abi.dtype = program.dtype;
  abi.batch = program.batch;
  abi.n_states = program.n_states;
  abi.n_scalars = program.n_scalars;
  abi.n_entries = program.n_entries;
  abi.states = program.states;
  abi.scalars = program.scalars;
  abi.entries = tables->entries.data();
  abi.state_bytes = program.state_bytes;
  abi.target = program.target;
  abi.plan_hash = program.plan_hash;
  abi.plan = program.plan;
  tables->owner = std::move(owner);
  Program result;
  result.abi = &abi;
  result.device = &program;
  result.owner = std::move(tables);
  return result;
}

}  // namespace ingot::runtime
