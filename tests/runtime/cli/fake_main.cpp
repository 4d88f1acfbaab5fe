// The command line of the hand-written model: an executable as a generator would make it, without a generator.
#include "runtime/support/fake_model.hpp"

#include <ingot/runtime/command_line.hpp>

int main(int argc, char** argv) { return ingot::runtime::command_line(fake::model(), argc, argv); }
