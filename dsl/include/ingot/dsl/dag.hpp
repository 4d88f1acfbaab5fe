// Graphs in which a tensor is used more than once: dag([](auto x) { auto y = x | f; return concat(y + x, y | g); }).
// Tensors are handles; nothing is duplicated. With several inputs: dag(inputs(input(28, 28), input(4)), [](auto a, auto b) ...).
// The lambda may not capture (hyper-parameters go by name) and returns the tensor that is made last; other tensors that
// are outputs of the model are named with .as() and said in the recipe: output("name", loss).
#pragma once
#include <ingot/dsl/block.hpp>

#include <utility>

namespace ingot {

/// The inputs of a network, in order; the first ops of the dag that reads them.
template <int N>
struct input_list {
  op ops[N];
};
template <class... B>
constexpr input_list<sizeof...(B)> inputs(const B&... b) {
  static_assert(1 <= sizeof...(B) && sizeof...(B) <= max_inputs, "inputs(input...): want 1 to 4 inputs");
  static_assert((... && std::same_as<B, block<1>>), "inputs(input...): an argument is not an input");
  return {{b.ops[0]...}};
}

namespace detail {

/// First pass over a dag's lambda: counts only.
struct dag_counter {
  cursor at;
  template <int N, int K, int G>
  constexpr int append_block(const block<N, K, G>&, int) {
    at.op += N;
    at.hp += K;
    at.guard += G;
    return at.op - 1;
  }
  constexpr int append_join(op_kind, int, int, int) { return at.op++; }
};
/// Second pass: fills a block of exactly that size.
template <class B>
struct dag_writer {
  B b{};
  cursor at;
  template <int N, int K, int G>
  constexpr int append_block(const block<N, K, G>& x, int from) {
    append(b, at, x, from);
    return at.op - 1;
  }
  constexpr int append_join(op_kind kind, int x, int y, int line) {
    op& o = b.ops[at.op] = op{};
    o.kind = kind;
    o.line = line;
    o.in[0] = small(x);
    o.in[1] = small(y);
    return at.op++;
  }
};

}  // namespace detail

/// A tensor inside a dag: op index in the graph under construction; -1: the dag's input.
template <class Builder>
struct tensor_handle {
  Builder* builder;
  int at;
  template <int N, int K, int G>
  constexpr tensor_handle operator|(const block<N, K, G>& b) const {
    if constexpr (N == 0) return *this;
    return {builder, builder->append_block(b, at)};
  }
  constexpr tensor_handle operator+(tensor_handle o) const { return {builder, builder->append_join(op_kind::add, at, o.at, 0)}; }
};
template <class Builder>
constexpr tensor_handle<Builder> concat(tensor_handle<Builder> a, tensor_handle<Builder> b, where w = where::current()) {
  return {a.builder, a.builder->append_join(op_kind::concat, a.at, b.at, detail::line_of(w))};
}
template <class Builder, class... More>
  requires(sizeof...(More) > 0 && (... && std::same_as<More, tensor_handle<Builder>>))
constexpr tensor_handle<Builder> concat(tensor_handle<Builder> a, tensor_handle<Builder> b, More... more) {
  return concat(concat(a, b), more...);
}

namespace detail {

/// Runs the lambda on the inputs 0 .. N-1, or on the open input when N is 0.
template <class F, int N, class Builder>
constexpr int run_dag(Builder& builder) {
  if constexpr (N == 0) {
    return F{}(tensor_handle<Builder>{&builder, open_input}).at;
  } else {
    builder.at.op = N;
    return [&]<int... I>(std::integer_sequence<int, I...>) {
      return F{}(tensor_handle<Builder>{&builder, I}...).at;
    }(std::make_integer_sequence<int, N>{});
  }
}

struct dag_size {
  cursor n;
  int out;
};
template <class F, int N>
consteval dag_size measure_dag() {
  dag_counter c;
  const int out = run_dag<F, N>(c);
  return {c.at, out};
}

template <int N, class F>
consteval auto make_dag(const op* first) {
  static_assert(std::is_empty_v<F>, "dag(lambda): the lambda may not capture; use hyper-parameters by name");
  constexpr dag_size size = measure_dag<F, N>();
  static_assert(size.out == size.n.op - 1, "dag: the returned tensor must be the one made last");
  dag_writer<block<size.n.op, size.n.hp, size.n.guard>> writer;
  for (int i = 0; i < N; ++i) writer.b.ops[i] = first[i];
  run_dag<F, N>(writer);
  return writer.b;
}

}  // namespace detail

template <class F>
consteval auto dag(F) {
  return detail::make_dag<0, F>(nullptr);
}
template <int N, class F>
consteval auto dag(const input_list<N>& in, F) {
  return detail::make_dag<N, F>(in.ops);
}

}  // namespace ingot
