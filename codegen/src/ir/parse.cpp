#include "ir/parse.hpp"

#include "ir/op_info.hpp"
#include "ir/text_cursor.hpp"

#include <limits>

namespace ingot::codegen {
namespace {

// Extents are bounded so that products of two never overflow.
constexpr std::int64_t max_extent = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t max_side = 1 << 15;  // of an image or a window: sums and products of three fit 64 bits
constexpr std::int64_t max_index = std::numeric_limits<std::int32_t>::max();

class Parser {
 public:
  explicit Parser(std::string_view text) : in_(text) {}

  Graph run() {
    if (!in_.next_line()) in_.fail("'graph'");
    in_.expect("graph");
    g_.name = in_.quoted();
    g_.dtype = dtype();
    if (in_.take("low=")) g_.low = dtype();
    in_.end_line();
    while (in_.next_line()) {
      if (in_.take("end")) {
        in_.end_line();
        if (in_.next_line()) in_.fail("nothing after 'end'");
        return std::move(g_);
      }
      line();
      in_.end_line();
    }
    in_.fail("'end'");
  }

 private:
  void line() {
    if (in_.take("%")) return node();
    if (in_.take("input")) return port(g_.inputs);
    if (in_.take("target")) return port(g_.targets);
    if (in_.take("output")) return port(g_.outputs);
    if (in_.take("state")) return state();
    if (in_.take("scalar")) return scalar();
    if (in_.take("assign")) return result(ResultKind::assign);
    if (in_.take("metric")) return result(ResultKind::metric);
    if (in_.take("result")) return result(ResultKind::output);
    in_.fail("a node (%), input, target, output, state, scalar, assign, metric, result or end");
  }

  DType dtype() {
    if (const auto t = find_dtype(in_.word())) return *t;
    in_.fail("a dtype (f32, f64, f16, bf16, u8, i32, bool) before this");
  }
  std::vector<std::int64_t> dims() {
    std::vector<std::int64_t> d;
    std::int64_t elements = 1;
    in_.expect("[");
    if (in_.take("]")) return d;
    do {
      d.push_back(in_.integer_in(1, max_extent / elements));
      elements *= d.back();
      if (d.size() > 8) in_.fail("at most 8 axes");
    } while (in_.take(","));
    in_.expect("]");
    return d;
  }
  template <std::size_t N>
  std::size_t choice(const std::string_view (&words)[N], std::string_view what) {
    const std::string_view w = in_.word();
    for (std::size_t i = 0; i < N; ++i)
      if (words[i] == w) return i;
    in_.fail(what);
  }

  void port(std::vector<PortInfo>& ports) {
    PortInfo p;
    p.name = in_.quoted();
    p.dtype = dtype();
    p.dims = dims();
    ports.push_back(std::move(p));
  }

  void state() {
    constexpr std::string_view roles[] = {"parameter", "slot", "statistic", "frozen", "mirror"};
    constexpr std::string_view inits[] = {"constant", "uniform", "truncated_normal", "normal", "orthogonal"};
    in_.integer_in(static_cast<std::int64_t>(g_.states.size()), static_cast<std::int64_t>(g_.states.size()));
    StateInfo s;
    s.name = in_.quoted();
    s.dtype = dtype();
    s.dims = dims();
    s.role = static_cast<Role>(choice(roles, "parameter, slot, statistic, frozen or mirror before this"));
    s.init = static_cast<Init>(choice(inits, "constant, uniform, truncated_normal, normal or orthogonal before this"));
    s.init_value = in_.number();
    if (in_.take("of")) s.parameter = static_cast<std::int32_t>(in_.integer_in(0, max_index));
    g_.states.push_back(std::move(s));
  }

  void scalar() {
    constexpr std::string_view kinds[] = {"hp",     "rate",  "step",          "seed_low", "seed_high",     "power",
                                          "update", "apply", "nadam_product", "momentum", "momentum_power"};
    in_.integer_in(static_cast<std::int64_t>(g_.scalars.size()), static_cast<std::int64_t>(g_.scalars.size()));
    ScalarInfo s;
    s.name = in_.quoted();
    s.kind = static_cast<ScalarKind>(
        choice(kinds, "hp, rate, step, seed_low, seed_high, power, update, apply, nadam_product, momentum or momentum_power before this"));
    s.index = static_cast<std::int32_t>(in_.integer_in(-1, max_index));
    s.constant = in_.number();
    g_.scalars.push_back(std::move(s));
  }

  Type type() {
    Type t;
    t.dtype = dtype();
    in_.expect("[");
    if (in_.take("B")) {
      t.batched = true;
      if (in_.take("*")) t.rows = in_.integer_in(1, max_extent);
    } else {
      t.rows = in_.integer_in(1, max_extent);
    }
    in_.expect(",");
    t.cols = in_.integer_in(1, max_extent);
    in_.expect("]");
    return t;
  }

  void pair(std::int32_t& a, std::int32_t& b, std::int64_t low) {
    a = static_cast<std::int32_t>(in_.integer_in(low, max_side));
    in_.expect(",");
    b = static_cast<std::int32_t>(in_.integer_in(low, max_side));
  }
  void window(Window& w) {
    pair(w.in_h, w.in_w, 0);
    in_.expect("->");
    pair(w.out_h, w.out_w, 0);
    in_.expect("kernel=");
    pair(w.kernel_h, w.kernel_w, 1);
    in_.expect("stride=");
    pair(w.stride_h, w.stride_w, 1);
    in_.expect("dilation=");
    pair(w.dilation_h, w.dilation_w, 1);
    in_.expect("spread=");
    pair(w.spread_h, w.spread_w, 1);
    in_.expect("pad=");
    pair(w.pad_top, w.pad_left, -max_side);
  }

  void attribute(Attr& a) {
    if (in_.take("value=")) {
      a.value = in_.number();
    } else if (in_.take("index=")) {
      a.index = static_cast<std::int32_t>(in_.integer_in(0, max_index));
    } else if (in_.take("layer=")) {
      a.layer = static_cast<std::int32_t>(in_.integer_in(0, max_index));
    } else if (in_.take("begin=")) {
      a.begin = in_.integer_in(0, max_extent);
    } else if (in_.take("block=")) {
      a.block = in_.integer_in(0, max_extent);
    } else if (in_.take("window=")) {
      window(a.window);
    } else if (in_.take("transpose_a")) {
      a.transpose_a = true;
    } else if (in_.take("transpose_b")) {
      a.transpose_b = true;
    } else if (in_.take("training")) {
      a.training = true;
    } else {
      in_.fail("an operand, an attribute or ':'");
    }
  }

  void node() {
    in_.integer_in(g_.size(), g_.size());
    in_.expect("=");
    Node n;
    const auto op = find_op(in_.word());
    if (!op) in_.fail("the name of an op before this");
    n.op = *op;
    while (in_.take("%")) {
      n.in.push_back(operand());
      if (n.in.size() > max_arity) in_.fail("at most " + std::to_string(max_arity) + " operands");
    }
    while (!in_.take(":")) attribute(n.attr);
    n.type = type();
    if (!in_.line_done()) n.name = in_.quoted();
    g_.nodes.push_back(std::move(n));
  }

  ValueId operand() {
    if (g_.nodes.empty()) in_.fail("no operand: there is no value yet");
    return static_cast<ValueId>(in_.integer_in(0, g_.size() - 1));
  }

  void result(ResultKind kind) {
    Result r;
    r.kind = kind;
    r.index = static_cast<std::int32_t>(in_.integer_in(0, max_index));
    in_.expect("%");
    r.value = operand();
    r.name = in_.quoted();
    g_.results.push_back(std::move(r));
  }

  TextCursor in_;
  Graph g_;
};

}  // namespace

Graph parse_graph(std::string_view text) { return Parser(text).run(); }

}  // namespace ingot::codegen
