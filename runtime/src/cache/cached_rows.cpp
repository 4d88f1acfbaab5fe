#include <ingot/runtime/cache/cached_rows.hpp>

#include <atomic>
#include <cstring>
#include <vector>

namespace ingot::runtime {
namespace {

enum RowState : std::uint8_t { absent, taken, kept };  // taken: one thread is putting it

class CachedRows final : public RowSource {
 public:
  CachedRows(std::shared_ptr<const RowSource> source, std::uint64_t row_bytes, std::unique_ptr<RowStore> store)
      : source_(std::move(source)), row_bytes_(row_bytes), store_(std::move(store)), states_(store_->capacity()) {}

  void read(std::span<const std::uint32_t> rows, std::byte* to) const override {
    std::vector<std::size_t> places;
    std::vector<std::uint32_t> missing;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (is_kept(rows[i])) {
        std::memcpy(to + i * row_bytes_, store_->row(rows[i]), row_bytes_);
      } else {
        places.push_back(i);
        missing.push_back(rows[i]);
      }
    }
    if (missing.empty()) return;
    if (missing.size() == rows.size()) {
      source_->read(rows, to);
    } else {
      std::vector<std::byte> made(missing.size() * row_bytes_);
      source_->read(missing, made.data());
      for (std::size_t k = 0; k < missing.size(); ++k) std::memcpy(to + places[k] * row_bytes_, made.data() + k * row_bytes_, row_bytes_);
    }
    for (std::size_t k = 0; k < missing.size(); ++k) keep(missing[k], to + places[k] * row_bytes_);
  }
  [[nodiscard]] std::uint64_t rows_at_once() const override { return source_->rows_at_once(); }

 private:
  [[nodiscard]] bool is_kept(std::uint32_t row) const {
    return row < states_.size() && states_[row].load(std::memory_order_acquire) == kept;
  }

  void keep(std::uint32_t row, const std::byte* bytes) const {
    std::uint8_t expected = absent;
    if (row >= states_.size() || !states_[row].compare_exchange_strong(expected, taken)) return;
    if (!store_->put(row, {bytes, row_bytes_})) return;  // it stays taken: nobody tries again
    states_[row].store(kept, std::memory_order_release);
    if (kept_rows_.fetch_add(1) + 1 == states_.size()) store_->complete();
  }

  std::shared_ptr<const RowSource> source_;
  std::uint64_t row_bytes_;
  std::unique_ptr<RowStore> store_;
  mutable std::vector<std::atomic<std::uint8_t>> states_;
  mutable std::atomic<std::uint64_t> kept_rows_ = 0;
};

}  // namespace

std::shared_ptr<const RowSource> cached_rows(std::shared_ptr<const RowSource> source, std::uint64_t row_bytes,
                                             std::unique_ptr<RowStore> store) {
  return std::make_shared<CachedRows>(std::move(source), row_bytes, std::move(store));
}

}  // namespace ingot::runtime
