#include "recipe_identity.hpp"

#include <fmt/format.h>

#include <array>
#include <span>

namespace ingot::runtime {
namespace {

/// By ingot_augment_kind, ingot_fill_kind, ingot_flip_kind.
constexpr std::array augmentations = {"flip",       "rotation", "zoom", "translation", "shear",   "crop",
                                      "brightness", "contrast", "hue",  "saturation",  "erasing", "noise"};
constexpr std::array fills = {"reflect", "constant", "wrap", "nearest"};
constexpr std::array flips = {"horizontal", "vertical", "both"};

template <std::size_t N>
const char* name_in(const std::array<const char*, N>& names, std::uint32_t kind) {
  return kind < N ? names[kind] : "unknown";
}

std::string length_text(double n, bool epochs) { return fmt::format("{} {}", n, epochs ? "epochs" : "updates"); }

class Words {
 public:
  explicit Words(const Point& point) : point_(point), recipe_(point.model().recipe) {}

  [[nodiscard]] std::string rate() const { return fmt::format("{}", value(recipe_.learning_rate)); }

  [[nodiscard]] std::string schedule() const {
    const ingot_schedule& s = recipe_.schedule;
    std::string text(schedule_name(s.kind));
    for (const auto& [on, name] :
         {std::pair(s.staircase, " staircase"), {s.cycle, " cycle"}, {s.linear, " linear"}, {s.three_phase, " three-phase"}})
      if (on != 0) text += name;
    text += fmt::format(" over {}, warm-up {} from {}", length(s.length), length(s.warmup), value(s.warmup_start));
    for (const ingot_num& n :
         {s.factor, s.end, s.power, s.alpha, s.t_mul, s.m_mul, s.rise, s.div, s.final_div, s.low_momentum, s.high_momentum})
      text += fmt::format(" {}", value(n));
    for (const ingot_piece& piece : std::span(s.pieces, s.n_pieces))
      text += fmt::format(", {} after {}", value(piece.rate), length(piece.until));
    return text;
  }

  [[nodiscard]] std::string plateau() const {
    const std::optional<PlateauOptions> p = declared_plateau(point_);
    if (!p) return "none";
    return fmt::format("{} times {} after {} epochs, by {}, cooldown {}, down to {}", p->monitor, p->factor, p->patience, p->min_delta,
                       p->cooldown, p->min_rate);
  }

  [[nodiscard]] std::string augmentation() const {
    const ingot_craft& craft = recipe_.craft;
    if (craft.n_augmentations == 0) return "none";
    std::string text;
    for (const ingot_augmentation& step : std::span(craft.augmentations, craft.n_augmentations)) text += this->step(step) + ", ";
    return text + fmt::format("values {} .. {}", value(craft.pixel_low), value(craft.pixel_high));
  }

  [[nodiscard]] std::string mixing() const {
    return fmt::format("mixup {}, cutmix {}", value(recipe_.craft.mixup), value(recipe_.craft.cutmix));
  }

  [[nodiscard]] std::string average() const {
    return recipe_.average == 0 ? "none" : fmt::format("overwriting every {} updates", recipe_.average_every);
  }

 private:
  [[nodiscard]] double value(const ingot_num& number) const { return point_.value(number); }
  [[nodiscard]] std::string length(const ingot_duration& d) const { return length_text(value(d.n), d.unit == INGOT_EPOCHS); }

  [[nodiscard]] std::string step(const ingot_augmentation& a) const {
    std::string text = name_in(augmentations, a.kind);
    if (a.kind == INGOT_FLIP) return fmt::format("{} {}", text, name_in(flips, a.flip));
    for (std::uint32_t k = 0; k < std::size(a.value); ++k) {
      const bool mirrored_low = k % 2 == 0 && (a.mirrored >> k / 2 & 1U) != 0;  // its place is not used
      if (!mirrored_low && (a.ranges == 0 || k < 2 * a.ranges)) text += fmt::format(" {}", value(a.value[k]));
    }
    if (a.ranges > 0) text += fmt::format(" {}", name_in(fills, a.fill));
    return a.fill == INGOT_FILL_CONSTANT ? text + fmt::format(" {}", value(a.fill_value)) : text;
  }

  const Point& point_;
  const ingot_recipe& recipe_;
};

std::string pruning(const std::optional<PruneOptions>& prune) {
  if (!prune) return "none";
  const PrunePattern& p = prune->pattern;
  return fmt::format("form {} of {} x {}{}{}, from {} to {} with power {}, from {} to {} every {}, sparing {}", static_cast<int>(p.form),
                     p.rows, p.columns, p.by_largest ? " by their largest" : "", p.global ? " under one threshold" : "",
                     prune->gradual ? prune->first : prune->last, prune->last, prune->power,
                     length_text(prune->begin.n, prune->begin.epochs), length_text(prune->end.n, prune->end.epochs),
                     length_text(prune->frequency.n, prune->frequency.epochs),
                     prune->spared.empty() ? "none" : fmt::format("{}", fmt::join(prune->spared, " ")));
}

}  // namespace

std::vector<RecipePart> recipe_identity(const Point& point, const std::optional<PruneOptions>& prune) {
  const Words words(point);
  return {{"learning rate", words.rate()},
          {"schedule of the learning rate", words.schedule()},
          {"reduction on plateau", words.plateau()},
          {"augmentation", words.augmentation()},
          {"mixed batches", words.mixing()},
          {"average of the weights", words.average()},
          {"pruning", pruning(prune)}};
}

}  // namespace ingot::runtime
