// Two translation units that include the same models: the same objects, one registration each.
#include "odr.hpp"

#include <catch2/catch.hpp>
#include <ingot/dsl/registry.hpp>

#include <set>
#include <string>

using namespace reference;

INGOT_EXPORT(fashion);
INGOT_EXPORT(cats);

extern "C" const ingot::definition_view ingot_definition_resnet;

TEST_CASE("a model in a header is one object in all translation units") {
  CHECK(&fashion == seen_fashion());
  CHECK(&verdict_of<resnet> == seen_verdict());
}

TEST_CASE("exported models are registered once, from every translation unit") {
  std::multiset<std::string> names;
  for (const registration* r = registered_models; r != nullptr; r = r->next) names.insert(r->definition.name);
  CHECK(names == std::multiset<std::string>{"cats", "fashion", "resnet"});
}

TEST_CASE("an exported definition is trimmed and complete") {
  const definition_view& d = ingot_definition_resnet;
  CHECK(std::string(d.name) == "resnet");
  REQUIRE(d.n_ops == resnet.n_ops);
  REQUIRE(d.n_hps == resnet.n_hps);
  CHECK(d.n_guards == resnet.n_guards);
  CHECK(d.recipe->optimizer == opt_kind::sgd);
  double values[max_hps];
  initial_values(d, values);
  shape s[resnet.n_ops];
  CHECK(!infer(d, values, s));
  CHECK(sizeof(detail::exported<resnet>) < sizeof(resnet));
}
