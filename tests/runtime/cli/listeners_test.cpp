// Several listeners of one run: each is told everything, in their order.
#include "cli/listeners.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace ingot::runtime;

namespace {

struct Teller : TrainListener {
  Teller(char name, std::string& heard, bool goes_on = true) : name_(name), heard_(&heard), goes_on_(goes_on) {}
  void on_train_begin(const TrainOptions&, std::uint32_t, std::uint32_t) override { hear('b'); }
  void on_batch_end(const BatchReport&) override { hear('s'); }
  void on_gradient_check(std::uint64_t, const GradcheckResult&) override { hear('g'); }
  bool on_epoch_end(const EpochReport&) override { return hear('e'), goes_on_; }
  void on_train_end(const TrainResult&) override { hear('x'); }

 private:
  void hear(char what) { *heard_ += {what, name_, ' '}; }
  char name_;
  std::string* heard_;
  bool goes_on_;
};

}  // namespace

TEST_CASE("every listener hears everything, and one alone can end the run", "[listeners]") {
  std::string heard;
  Teller first('1', heard, false), second('2', heard);
  cli::Listeners all({&first});
  all.add(second);
  all.on_train_begin({}, 0, 1);
  all.on_batch_end({});
  all.on_gradient_check(1, {});
  CHECK_FALSE(all.on_epoch_end({}));
  all.on_train_end({});
  CHECK(heard == "b1 b2 s1 s2 g1 g2 e1 e2 x1 x2 ");
}
