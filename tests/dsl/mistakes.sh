#!/bin/sh
# mistakes.sh COMPILER INCLUDE_DIR CASES_DIR
# Every case must compile without -DMISTAKE, and with it fail with its text. `expect:` the first error says it, on the line
# of INGOT_SOUND, in few lines; `expect-type:` (and -gcc, -clang) it is said in some error or note: a mistake of type.
# Texts are compared without spaces, since clang breaks the message into rows. Exit 77: the compiler is missing.
compiler=$1 include=$2 cases=$3
if ! command -v "$compiler" >/dev/null 2>&1; then
  echo "SKIPPED: compiler $compiler is not installed"
  exit 77
fi
case $("$compiler" --version) in *clang*) family=clang ;; *) family=gcc ;; esac
LC_ALL=C
export LC_ALL
out=$(mktemp)
trap 'rm -f "$out"' EXIT
failed=0 count=0

squeeze() { sed 's/", "//g' | tr -d ' \n'; }
fail() {
  echo "FAILED $name: $1"
  sed 's/^/    /' "$out" | head -20
  failed=$((failed + 1))
}

for file in "$cases"/*.cpp; do
  name=$(basename "$file" .cpp)
  count=$((count + 1))
  if ! "$compiler" -std=c++20 -fsyntax-only -I "$include" "$file" >"$out" 2>&1; then
    fail "the right version does not compile"
    continue
  fi
  if "$compiler" -std=c++20 -fsyntax-only -DMISTAKE -I "$include" "$file" >"$out" 2>&1; then
    fail "the mistake compiles"
    continue
  fi
  want=$(sed -n "s|^// expect: ||p; s|^// expect-type: ||p; s|^// expect-$family: ||p" "$file" | squeeze)
  if [ -z "$want" ]; then
    fail "the case expects nothing"
    continue
  fi
  if ! grep 'error:\|note:' "$out" | squeeze | grep -qF -- "$want"; then
    fail "does not say: $want"
    continue
  fi
  grep -q '^// expect: ' "$file" || continue
  line=$(grep -n INGOT_SOUND "$file" | cut -d: -f1)
  case $(grep -m1 'error:' "$out") in
    "$file:$line:"*) [ "$(wc -l <"$out")" -le 14 ] || fail "more than 14 lines" ;;
    *) fail "the first error is not on the line of INGOT_SOUND" ;;
  esac
done
echo "$count cases with $compiler, $failed failed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
