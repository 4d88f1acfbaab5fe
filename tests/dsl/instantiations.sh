#!/bin/sh
# instantiations.sh CLANG INCLUDE_DIR EXPECTED_FILE: counts the template instantiations of sealed and proven models of 10, 50
# and 200 layers, all of different widths, as one pipe and as sequential(); more than 3 % over the committed numbers fails.
# No type may contain the list of layers, so the counts grow linearly and slowly. Exit 77: no clang.
compiler=$1 include=$2 expected=$3
if ! command -v "$compiler" >/dev/null 2>&1; then
  echo "SKIPPED: compiler $compiler is not installed"
  exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# write FORM LAYERS: a third convolutions, then flatten, then dense layers
write() {
  awk -v form="$1" -v n="$2" 'BEGIN {
    print "#include <ingot/dsl.hpp>\nusing namespace ingot;"
    join = form == "pipe" ? " |\n  " : ",\n  "
    printf "constexpr auto m = model(%s", form == "pipe" ? "" : "sequential("
    printf "input(32, 32, 3)"
    convs = int(n / 3)
    for (i = 0; i < n; ++i) {
      if (i < convs) layer = "conv2d(" 8 + i ", 3, same, relu)"
      else if (i == convs) layer = "flatten"
      else if (i < n - 1) layer = "dense(" 32 + i ", relu)"
      else layer = "dense(10)"
      printf "%s%s", join, layer
    }
    if (form != "pipe") printf ")"
    print ",\n  sparse_categorical_crossentropy(from_logits), adam(1e-3));\nINGOT_EXPORT(m);"
  }'
}

failed=0
while read -r form layers want; do
  case $form in '#'*) continue ;; esac
  write "$form" "$layers" >"$dir/model.cpp"
  if ! "$compiler" -std=c++20 -O0 -c -ftime-trace -ftime-trace-granularity=0 -I "$include" -o "$dir/model.o" "$dir/model.cpp"; then
    echo "FAILED: $form of $layers layers does not compile"
    exit 1
  fi
  got=$(grep -o '"name":"Instantiate\(Class\|Function\)"' "$dir/model.json" | wc -l)
  echo "$form $layers: $got instantiations, committed $want"
  if [ "$got" -eq 0 ] || [ $((got * 100)) -gt $((want * 103)) ]; then
    echo "FAILED: more than 3 % over the committed number"
    failed=1
  fi
done <"$expected"
exit $failed
