#include "cli/point_json.hpp"

namespace ingot::runtime::cli {

void add_point(JsonWriter& writer, std::string_view key, const Point& point) {
  writer.begin_object(key);
  for (std::size_t i = 0; i < point.values().size(); ++i) {
    if (!point.active(i)) continue;
    const ingot_hp& hp = point.model().hps[i];
    if (hp.kind == INGOT_HP_CHOICE_LABEL)
      writer.add(hp.name, point.text(i));
    else
      writer.raw(hp.name, point.text(i));
  }
  writer.end_object();
}

}  // namespace ingot::runtime::cli
