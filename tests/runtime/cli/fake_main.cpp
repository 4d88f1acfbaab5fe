// The command line of the hand-written model: an executable as a generator would make it, without a generator.
#include <ingot/runtime/command_line.hpp>

#include "runtime/support/fake_model.hpp"

int main(int argc, char** argv) { return ingot::runtime::command_line(fake::model(), argc, argv); }
