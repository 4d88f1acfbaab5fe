#!/bin/sh
# readme.sh COMPILER INCLUDE_DIR README: the example of the README compiles, proof and export included.
awk '/^```cpp/ { on = 1; next } /^```/ { on = 0 } on' "$3" | "$1" -std=c++20 -Wall -Wextra -Werror -Wno-unused-const-variable -fsyntax-only -I "$2" -x c++ -
