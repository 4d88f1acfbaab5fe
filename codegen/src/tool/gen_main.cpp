// main of a generator. In a library of its own, because it is linked with the user's source.
#include <ingot/codegen/generator.hpp>

int main(int argc, char** argv) { return ingot::codegen::run_generator(ingot::registered_models, argc, argv); }
