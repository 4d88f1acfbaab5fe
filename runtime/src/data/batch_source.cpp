#include <ingot/runtime/data/batch_source.hpp>

#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/order.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace ingot::runtime {
namespace {

constexpr std::uint64_t index_window_rows = 4096;                      // row numbers only: a wake-up every few milliseconds
constexpr std::uint64_t row_window_bytes = std::uint64_t{512} * 1024;  // staged or touched rows: a few windows fit into a cache

struct Position {
  std::uint64_t epoch = 0, batch = 0;
  bool operator==(const Position&) const = default;
};

// A run of consecutive batches of one epoch.
struct Window {
  Position first;
  std::uint64_t batches = 0;
  std::vector<std::uint32_t> index;
  std::vector<std::shared_ptr<std::byte>> staged;  // per table: inputs, then targets; empty unless staging
};

// Fills windows one after the other; used by one thread at a time.
class Preparer {
 public:
  Preparer(const Dataset& data, const BatchOptions& options, bool staging) : data_(data), options_(options), staging_(staging) {
    if (data.rows() == 0 || data.rows() >= std::numeric_limits<std::uint32_t>::max())
      throw std::logic_error("BatchSource: the number of rows is out of range");
    if (options.batch == 0) throw std::logic_error("BatchSource: empty batches");
    batches_ = (data.rows() + options.batch - 1) / options.batch;
    for (const Table& table : data_.inputs) tables_.push_back(&table);
    for (const Table& table : data_.targets) tables_.push_back(&table);
    std::uint64_t row_bytes = 0;
    for (const Table* table : tables_) row_bytes += table->row_bytes();
    std::uint64_t rows = staging || options.touch_rows ? row_window_bytes / std::max<std::uint64_t>(row_bytes, 1) : index_window_rows;
    for (const Table* table : tables_)
      if (table->source != nullptr) rows = std::max(rows, table->source->rows_at_once());
    window_batches_ = std::clamp<std::uint64_t>(rows / options.batch, 1, batches_);
    order_.resize(data.rows());
    staged_.resize(tables_.size());
  }

  [[nodiscard]] std::uint64_t batches() const { return batches_; }
  [[nodiscard]] const std::vector<const Table*>& tables() const { return tables_; }

  [[nodiscard]] Window make_window() const {
    Window window;
    const std::uint64_t rows = std::min<std::uint64_t>(window_batches_ * options_.batch, data_.rows());
    window.index.resize(rows);
    if (staging_)
      for (const Table* table : tables_) window.staged.push_back(allocate_bytes(rows * table->row_bytes(), table->name));
    return window;
  }

  void fill(Window& window, Position first) {
    if (order_epoch_ != first.epoch) make_order(first.epoch);
    const std::uint64_t begin = first.batch * options_.batch;
    const std::uint64_t rows = std::min<std::uint64_t>(window_batches_ * options_.batch, data_.rows() - begin);
    window.first = first;
    window.batches = (rows + options_.batch - 1) / options_.batch;
    std::copy_n(order_.data() + begin, rows, window.index.data());
    if (staging_)
      stage(window, rows, first);
    else if (options_.touch_rows)
      touch(window, rows);
  }

  [[nodiscard]] Position after(const Window& window) const {
    const std::uint64_t batch = window.first.batch + window.batches;
    return batch < batches_ ? Position{window.first.epoch, batch} : Position{window.first.epoch + 1, 0};
  }

 private:
  void make_order(std::uint64_t epoch) {
    if (options_.shuffle)
      shuffled_order(order_, options_.seed, epoch);
    else if (!order_epoch_)
      file_order(order_);
    order_epoch_ = epoch;
  }

  void stage(Window& window, std::uint64_t rows, Position first) {
    const std::span<const std::uint32_t> numbers(window.index.data(), rows);
    for (std::size_t t = 0; t < tables_.size(); ++t) tables_[t]->read(numbers, staged_[t] = window.staged[t].get());
    if (options_.transform == nullptr) return;
    const std::span<std::byte* const> staged(staged_);
    options_.transform->apply(
        {first.epoch, first.batch, options_.batch, numbers, staged.first(data_.inputs.size()), staged.subspan(data_.inputs.size())});
  }

  void touch(const Window& window, std::uint64_t rows) const {
    for (const Table* table : tables_)
      for (std::uint64_t r = 0; r < rows; ++r) {
        const auto* at = static_cast<const std::byte*>(table->row(window.index[r]));
        for (std::uint64_t offset = 0; offset < table->row_bytes(); offset += 64)
          (void)*static_cast<const volatile std::byte*>(at + offset);
      }
  }

  const Dataset& data_;
  BatchOptions options_;
  bool staging_;
  std::uint64_t batches_ = 0, window_batches_ = 0;
  std::vector<const Table*> tables_;
  std::vector<std::uint32_t> order_;
  std::vector<std::byte*> staged_;  // per table, of the window that is being filled
  std::optional<std::uint64_t> order_epoch_;
};

// Windows in the order of their use, filled by a thread of its own or, without one, when they are asked for.
class WindowQueue {
 public:
  WindowQueue(Preparer& preparer, bool background) : preparer_(preparer) {
    windows_.reserve(slots);
    for (std::size_t i = 0; i < (background ? slots : 1); ++i) windows_.push_back(preparer.make_window());
    if (background) thread_ = std::thread([this] { work(); });
  }
  ~WindowQueue() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  WindowQueue(const WindowQueue&) = delete;
  WindowQueue& operator=(const WindowQueue&) = delete;

  /// Drops everything prepared; the next window begins at `position`.
  void restart(Position position) {
    {
      const std::lock_guard lock(mutex_);
      next_ = position;
      ++generation_;
      taken_ = filled_ = 0;
      failure_ = nullptr;
    }
    changed_.notify_all();
  }
  /// The window stays the caller's until release or restart.
  const Window& take() {
    if (!thread_.joinable()) {
      preparer_.fill(windows_[0], next_);
      next_ = preparer_.after(windows_[0]);
      return windows_[0];
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return filled_ > taken_ || failure_ != nullptr; });
    if (filled_ == taken_) std::rethrow_exception(failure_);
    return windows_[taken_ % slots];
  }
  void release() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      ++taken_;
    }
    changed_.notify_all();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || (generation_ > 0 && failure_ == nullptr && filled_ - taken_ < slots); });
      if (stopping_) return;
      Window& window = windows_[filled_ % slots];
      const Position position = next_;
      const std::uint64_t generation = generation_;
      lock.unlock();
      std::exception_ptr failure;
      try {
        preparer_.fill(window, position);
      } catch (...) {
        failure = std::current_exception();  // thrown by take() when all before it is used up
      }
      lock.lock();
      if (generation != generation_) continue;  // restarted meanwhile: this window is not wanted any more
      failure_ = failure;
      if (failure == nullptr) {
        ++filled_;
        next_ = preparer_.after(window);
      }
      changed_.notify_all();
    }
  }

  static constexpr std::size_t slots = 3;
  Preparer& preparer_;
  std::vector<Window> windows_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Position next_;
  std::uint64_t generation_ = 0, filled_ = 0, taken_ = 0;
  bool stopping_ = false;
  std::exception_ptr failure_;  // of the window after the filled ones
  std::thread thread_;
};

}  // namespace

struct BatchSource::Impl {
  Impl(const Dataset& source, const BatchOptions& wanted)
      : data(source),
        options(wanted),
        staging(wanted.force_staging || wanted.transform != nullptr || !source.resident()),
        resident(data),
        preparer(data, wanted, staging),
        queue(preparer, wanted.background) {
    if (staging) staged_pointers.resize(preparer.tables().size());
    batch.inputs = staging ? staged_pointers.data() : resident.inputs();
    batch.targets = staging ? staged_pointers.data() + data.inputs.size() : resident.targets();
    batch.input_dtypes = resident.input_dtypes();
  }

  void drop_window() {
    if (window != nullptr) queue.release();
    window = nullptr;
  }

  void aim_at(const Window& from, std::uint64_t number) {
    const std::uint64_t first_row = (number - from.first.batch) * options.batch;
    batch.epoch = from.first.epoch;
    batch.number = number;
    batch.rows = static_cast<std::uint32_t>(std::min<std::uint64_t>(options.batch, data.rows() - number * options.batch));
    batch.index = staging ? nullptr : from.index.data() + first_row;
    for (std::size_t t = 0; t < staged_pointers.size(); ++t)
      staged_pointers[t] = from.staged[t].get() + first_row * preparer.tables()[t]->row_bytes();
  }

  const Dataset data;
  const BatchOptions options;
  const bool staging;
  const DatasetPointers resident;
  std::vector<const void*> staged_pointers;
  Preparer preparer;
  WindowQueue queue;
  bool started = false;
  Position position;  // of the next batch; batch == batches(): the epoch has ended
  const Window* window = nullptr;
  Batch batch;
};

BatchSource::BatchSource(const Dataset& data, const BatchOptions& options) : impl_(std::make_unique<Impl>(data, options)) {}
BatchSource::~BatchSource() = default;

bool BatchSource::stages() const noexcept { return impl_->staging; }
std::uint64_t BatchSource::batches_per_epoch() const noexcept { return impl_->preparer.batches(); }

void BatchSource::start(std::uint64_t epoch, std::uint64_t first_batch) {
  Impl& s = *impl_;
  const std::uint64_t batches = s.preparer.batches();
  if (first_batch > batches) throw std::logic_error("BatchSource: no such batch");
  const bool ended = s.position.batch == batches;
  const Position wanted{epoch, first_batch};
  const Position here = ended && first_batch < batches ? Position{s.position.epoch + 1, 0} : s.position;
  const bool there = s.started && wanted == here;
  s.position = wanted;
  s.started = true;
  if (there) {
    if (ended) s.drop_window();
    return;
  }
  s.window = nullptr;  // restart takes it back
  s.queue.restart(first_batch < batches ? wanted : Position{epoch + 1, 0});
}

const Batch* BatchSource::next() {
  Impl& s = *impl_;
  if (!s.started) start(0, 0);
  if (s.window != nullptr && s.position.batch == s.window->first.batch + s.window->batches) s.drop_window();
  if (s.position.batch == s.preparer.batches()) return nullptr;
  if (s.window == nullptr) s.window = &s.queue.take();
  s.aim_at(*s.window, s.position.batch++);
  return &s.batch;
}

}  // namespace ingot::runtime
