// Writes manifest and header of the toy model, for the test that compiles them: write_toy DIR
#include "host/header.hpp"
#include "host/manifest_source.hpp"
#include "host/output_file.hpp"
#include "host/toy.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path out = argv[1];
  const auto tables = ingot::codegen::test::toy_model();
  ingot::codegen::write_output(out / "toy_manifest.cpp", ingot::codegen::manifest_source(tables->model(), "toy"));
  ingot::codegen::write_output(out / "toy.hpp", ingot::codegen::model_header(tables->model(), "toy"));
  return 0;
}
