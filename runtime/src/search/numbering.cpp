// The numbering of the points: components of linked hyper-parameters, and within each a block for every assignment of its controls.
#include <ingot/runtime/search/space.hpp>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace ingot::runtime {
namespace {

// Beyond this many assignments of controls in one component its points are not numbered; the sampler then draws them one by one.
constexpr std::size_t max_blocks = 1 << 16;

class Groups {
 public:
  explicit Groups(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0u); }
  std::uint32_t find(std::uint32_t i) const {
    while (parent_[i] != i) i = parent_[i];
    return i;
  }
  void join(std::uint32_t a, std::uint32_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::uint32_t> parent_;
};

// The hyper-parameters that a chain of guards looks at.
std::vector<std::uint32_t> looked_at(const ingot_model& model, std::int32_t guard) {
  std::vector<std::uint32_t> result;
  for (; guard >= 0; guard = model.guards[guard].parent) result.push_back(static_cast<std::uint32_t>(model.guards[guard].hp));
  return result;
}

// How many guards deep a hyper-parameter lies: a control is always less deep than what it controls.
std::size_t depth(const ingot_model& model, std::uint32_t hp, std::size_t limit) {
  if (limit == 0) throw std::runtime_error(std::string("the guards of hyper-parameter ") + model.hps[hp].name + " form a circle");
  std::size_t deepest = 0;
  for (const std::uint32_t control : looked_at(model, model.hps[hp].guard))
    deepest = std::max(deepest, 1 + depth(model, control, limit - 1));
  return deepest;
}

}  // namespace

void Space::find_components() {
  const auto n = static_cast<std::uint32_t>(count());
  Groups groups(n);
  std::vector<bool> control(n, false);
  for (std::uint32_t i = 0; i < n; ++i)
    for (const std::uint32_t c : looked_at(*model_, hp(i).guard)) {
      groups.join(i, c);
      control[c] = true;
    }
  size_ = 1;
  for (std::uint32_t root = 0; root < n; ++root) {
    if (groups.find(root) != root) continue;
    Component component;
    for (std::uint32_t i = 0; i < n; ++i)
      if (groups.find(i) == root) (control[i] ? component.controls : component.members).push_back(i);
    std::sort(component.controls.begin(), component.controls.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(depth(*model_, a, n + 1), a) < std::pair(depth(*model_, b, n + 1), b);
    });
    Point point = initial();
    std::uint64_t product = 0;
    if (!enumerate(component, point, 0) || __builtin_mul_overflow(*size_, component.size, &product) || product >> 63 != 0) {
      size_.reset();
      return;
    }
    size_ = product;
    components_.push_back(std::move(component));
  }
}

bool Space::enumerate(Component& component, Point& point, std::size_t control) const {
  if (control == component.controls.size()) return add_block(component, point);
  const std::uint32_t hp_index = component.controls[control];
  const double before = point[hp_index];
  if (!point.active(hp_index)) return enumerate(component, point, control + 1);
  const std::uint64_t n = values(hp_index);
  bool counted = n > 0;
  for (std::uint64_t j = 0; counted && j < n; ++j) {
    point.set(hp_index, value(hp_index, j));
    counted = enumerate(component, point, control + 1);
  }
  point.set(hp_index, before);
  return counted;
}

bool Space::add_block(Component& component, const Point& point) const {
  if (component.blocks.size() == max_blocks) return false;
  Block block;
  block.first = component.size;
  for (const std::uint32_t control : component.controls) block.controls.push_back(point[control]);
  for (const std::uint32_t member : component.members) {
    if (!point.active(member)) continue;
    block.free.push_back(member);
    if (values(member) == 0 || __builtin_mul_overflow(block.size, values(member), &block.size)) return false;
  }
  if (__builtin_add_overflow(component.size, block.size, &component.size)) return false;
  component.blocks.push_back(std::move(block));
  return true;
}

Point Space::point(std::uint64_t index) const {
  if (!size_ || index >= *size_) throw std::out_of_range("the space has no point of this number");
  std::vector<double> result = initial_values();
  for (const Component& component : components_) {
    std::uint64_t rest = index % component.size;
    index /= component.size;
    const auto after = std::upper_bound(component.blocks.begin(), component.blocks.end(), rest,
                                        [](std::uint64_t number, const Block& block) { return number < block.first; });
    const Block& block = *std::prev(after);
    rest -= block.first;
    for (std::size_t c = 0; c < component.controls.size(); ++c) result[component.controls[c]] = block.controls[c];
    for (const std::uint32_t member : block.free) {
      result[member] = value(member, rest % values(member));
      rest /= values(member);
    }
  }
  return {*model_, result};
}

std::uint64_t Space::index(const Point& wanted) const {
  if (!size_) throw std::out_of_range("the points of this space have no numbers");
  const Point point = canonical(wanted);
  std::uint64_t number = 0, scale = 1;
  for (const Component& component : components_) {
    const auto block = std::find_if(component.blocks.begin(), component.blocks.end(), [&](const Block& b) {
      for (std::size_t c = 0; c < component.controls.size(); ++c)
        if (b.controls[c] != point[component.controls[c]]) return false;
      return true;
    });
    if (block == component.blocks.end()) throw std::out_of_range("the point " + wanted.describe() + " is outside the space");
    std::uint64_t within = 0, digit = 1;
    for (const std::uint32_t member : block->free) {
      const auto j = value_index(member, point[member]);
      if (!j) throw std::out_of_range("the point " + wanted.describe() + " is outside the space");
      within += *j * digit;
      digit *= values(member);
    }
    number += (block->first + within) * scale;
    scale *= component.size;
  }
  return number;
}

}  // namespace ingot::runtime
