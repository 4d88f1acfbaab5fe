#include "ir/graph.hpp"

namespace ingot::codegen {

bool Window::inside() const {
  return pad_top == 0 && pad_left == 0 && spread_h == 1 && spread_w == 1 && (out_h - 1) * stride_h + (kernel_h - 1) * dilation_h < in_h &&
         (out_w - 1) * stride_w + (kernel_w - 1) * dilation_w < in_w;
}

bool Window::disjoint() const { return inside() && stride_h == kernel_h && stride_w == kernel_w && dilation_h == 1 && dilation_w == 1; }

Window Window::adjoint() const {
  Window a = *this;
  a.in_h = out_h;
  a.in_w = out_w;
  a.out_h = in_h;
  a.out_w = in_w;
  a.stride_h = spread_h;
  a.stride_w = spread_w;
  a.spread_h = stride_h;
  a.spread_w = stride_w;
  a.pad_top = (kernel_h - 1) * dilation_h - pad_top;
  a.pad_left = (kernel_w - 1) * dilation_w - pad_left;
  return a;
}

std::int64_t StateInfo::rows() const {
  std::int64_t n = 1;
  for (std::size_t i = 0; i + 1 < dims.size(); ++i) n *= dims[i];
  return n;
}
std::int64_t StateInfo::cols() const { return dims.empty() ? 1 : dims.back(); }

ValueId Graph::add(Op op, Type type, std::vector<ValueId> in, Attr attr, std::string node_name) {
  nodes.push_back({op, type, std::move(in), attr, std::move(node_name)});
  return static_cast<ValueId>(nodes.size() - 1);
}

std::vector<int> use_counts(const Graph& g) {
  std::vector<int> uses(g.nodes.size(), 0);
  for (const Node& n : g.nodes)
    for (const ValueId v : n.in) ++uses[static_cast<std::size_t>(v)];
  for (const Result& r : g.results) ++uses[static_cast<std::size_t>(r.value)];
  return uses;
}

}  // namespace ingot::codegen
