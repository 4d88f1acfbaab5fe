#!/bin/sh
# accepted.sh COMPILER INCLUDE_DIR FILE...: the files, full of static_asserts, compile without a warning. Exit 77: no compiler.
compiler=$1 include=$2
shift 2
if ! command -v "$compiler" >/dev/null 2>&1; then
  echo "SKIPPED: compiler $compiler is not installed"
  exit 77
fi
failed=0
for file in "$@"; do
  if ! "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror -fsyntax-only -I "$include" "$file"; then
    echo "FAILED $file"
    failed=$((failed + 1))
  fi
done
echo "$# files with $compiler, $failed failed"
[ "$#" -gt 0 ] && [ "$failed" -eq 0 ]
