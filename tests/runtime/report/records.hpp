// A record of a training with everything in it, for tests of what is made of records.
#pragma once
#include "report/run_record.hpp"

namespace report_test {

inline ingot::runtime::RunRecord record() {
  using ingot::runtime::RunRecord;
  RunRecord r;
  r.model = "fashion";
  r.point = "units=512";
  r.recipe = {{"optimizer", "adam"}, {"training part", "100 rows of <data> & more"}};
  r.layers = {{"hidden", "dense", "(512)", 401920}};
  r.tensors = {{"hidden.kernel", "784 x 512"}, {"hidden.bias", "512"}};
  for (std::uint32_t e = 1; e <= 3; ++e) {
    const double x = e;
    r.epochs.push_back({e, {{"loss", 1 / x}, {"accuracy", 0.5 + x / 10}, {"val_loss", 2 / x}}, 0.25, 0.125, 1000 * x, {}});
    r.epochs.back().tensors = {{0.5, 1, -1, 2, 0.25, 3, 0.75}, {0, 0, 0, 0, 1, 0, 0.5}};
  }
  r.status = "stopped_early";
  r.reason = "val_loss did not improve";
  r.best_epoch = 2;
  r.test = {{"loss", 0.3}};
  r.confusions = {{"logits", {"shoe", "<script>alert(\"x\")</script>"}, {{7, 1}, {2, 5}}}};
  return r;
}

}  // namespace report_test
