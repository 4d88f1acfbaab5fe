#!/bin/sh
# headers.sh COMPILER INCLUDE_DIR: every header of the language compiles alone, without a warning. Exit 77: no compiler.
compiler=$1 include=$2
if ! command -v "$compiler" >/dev/null 2>&1; then
  echo "SKIPPED: compiler $compiler is not installed"
  exit 77
fi
failed=0 count=0
for header in $(cd "$include" && find ingot -name '*.hpp' | sort); do
  count=$((count + 1))
  if ! echo "#include <$header>" | "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wshadow -Werror -fsyntax-only -I "$include" -x c++ -; then
    echo "FAILED $header"
    failed=$((failed + 1))
  fi
done
echo "$count headers with $compiler, $failed failed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
