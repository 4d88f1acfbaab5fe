// A batch source allocates when it is made and never again.
#include "watched_memory.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/batch_source.hpp>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;

TEST_CASE("steady batches allocate nothing") {
  const auto memory = std::make_shared<std::vector<std::uint8_t>>(20000 * 16);
  Dataset data;
  data.inputs.push_back({"x", INGOT_U8, {16}, 20000, {memory, reinterpret_cast<const std::byte*>(memory->data())}, true});
  for (const bool background : {false, true})
    for (const bool staging : {false, true}) {
      BatchSource source(data, {32, 4, true, background, true, staging});
      source.start(0);
      REQUIRE(source.next() != nullptr);
      forget_allocations();
      std::size_t batches = 0;
      for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
        source.start(epoch, epoch == 0 ? 1 : 0);
        while (source.next() != nullptr) ++batches;
      }
      source.start(1, 300);
      source.next();
      const std::size_t allocated = number_of_allocations();
      CHECK(batches == 3 * 625 - 1);
      CHECK(allocated == 0);
    }
}
