// Streams, events and graphs of a simulated device.
//
// What a stream is given runs as late as it may, or sooner, as a seed decides: when somebody waits, operations of all streams run in an
// order that only events and the order within a stream restrict. Who forgets to wait reads what is not there yet.
#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace ingot::test {

/// What the device does in one go.
using Operation = std::function<void()>;

struct SimulatedGraph {
  std::vector<Operation> operations;
};

struct SimulatedEvent {
  std::shared_ptr<bool> reached = std::make_shared<bool>(true);  ///< by its last record; true before any
};

struct SimulatedStream {
  struct Item {
    Operation operation;
    std::shared_ptr<bool> waits_for;  ///< null: nothing
  };
  std::deque<Item> items;
  std::shared_ptr<SimulatedGraph> capture;  ///< null: not capturing
  bool capture_broken = false;
};

class Queues {
  template <class Set, class Object>
  static auto find(const Set& set, const Object* object) {
    return std::find_if(set.begin(), set.end(), [&](const auto& owned) { return owned.get() == object; });
  }

 public:
  explicit Queues(std::uint64_t seed) : random_(seed) {}

  SimulatedStream* make_stream();
  SimulatedEvent* make_event();
  [[nodiscard]] bool is_stream(const SimulatedStream* stream) const { return find(streams_, stream) != streams_.end(); }
  [[nodiscard]] bool is_event(const SimulatedEvent* event) const { return find(events_, event) != events_.end(); }
  /// Runs what it still has, first.
  void destroy(SimulatedStream* stream);
  void destroy(SimulatedEvent* event);

  /// Into the stream, or the graph that it captures.
  void enqueue(SimulatedStream& stream, Operation operation);
  void record(SimulatedStream& stream, SimulatedEvent& event);
  void wait(SimulatedStream& stream, const SimulatedEvent& event);
  void launch(SimulatedStream& stream, std::shared_ptr<const SimulatedGraph> graph);
  void synchronize(const SimulatedStream& stream);
  void synchronize(const SimulatedEvent& event);

  [[nodiscard]] std::size_t streams() const noexcept { return streams_.size(); }
  [[nodiscard]] std::size_t events() const noexcept { return events_.size(); }

 private:
  void perhaps_run();
  void run_until(const std::function<bool()>& done);
  bool run_some();
  static bool ready(const SimulatedStream& stream);
  static void run_first(SimulatedStream& stream);

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<SimulatedStream>> streams_;
  std::vector<std::unique_ptr<SimulatedEvent>> events_;
};

}  // namespace ingot::test
