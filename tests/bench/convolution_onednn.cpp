#include "bench/convolution_work.hpp"

#include <oneapi/dnnl/dnnl.hpp>

#include <memory>
#include <omp.h>
#include <random>
#include <span>
#include <string>
#include <unordered_map>

namespace ingot::bench {
namespace {

using dnnl::convolution_backward_data;
using dnnl::convolution_backward_weights;
using dnnl::convolution_forward;
using dnnl::memory;

constexpr auto algorithm = dnnl::algorithm::convolution_direct;

class OneDnnConvolution {
 public:
  OneDnnConvolution(const Convolution& c, Direction d) {
    const auto any = [](memory::dims dims) { return memory::desc(std::move(dims), memory::data_type::f32, memory::format_tag::any); };
    const memory::desc image = any({convolution_batch, c.channels, c.side, c.side}), kernel = any({c.filters, c.channels, 3, 3}),
                       result = any({convolution_batch, c.filters, c.side, c.side});
    const memory::dims one{1, 1};
    const convolution_forward::primitive_desc forward({dnnl::prop_kind::forward_training, algorithm, image, kernel, result, one, one, one},
                                                      engine_);
    if (d == Direction::forward) {
      primitive_ = convolution_forward(forward);
      operands(forward.src_desc(), DNNL_ARG_SRC, forward.weights_desc(), DNNL_ARG_WEIGHTS, forward.dst_desc(), DNNL_ARG_DST);
    } else if (d == Direction::image_gradient) {
      const convolution_backward_data::primitive_desc back({algorithm, image, kernel, result, one, one, one}, engine_, forward);
      primitive_ = convolution_backward_data(back);
      operands(back.diff_src_desc(), DNNL_ARG_DIFF_SRC, back.weights_desc(), DNNL_ARG_WEIGHTS, back.diff_dst_desc(), DNNL_ARG_DIFF_DST);
    } else {
      const convolution_backward_weights::primitive_desc back({algorithm, image, kernel, result, one, one, one}, engine_, forward);
      primitive_ = convolution_backward_weights(back);
      operands(back.src_desc(), DNNL_ARG_SRC, back.diff_weights_desc(), DNNL_ARG_DIFF_WEIGHTS, back.diff_dst_desc(), DNNL_ARG_DIFF_DST);
    }
  }
  void run() {
    primitive_.execute(stream_, operands_);
    stream_.wait();
  }

 private:
  void operands(const memory::desc& image, int image_role, const memory::desc& kernel, int kernel_role, const memory::desc& result,
                int result_role) {
    for (const auto& [desc, role] : {std::pair(image, image_role), std::pair(kernel, kernel_role), std::pair(result, result_role)}) {
      const memory m(desc, engine_);
      std::minstd_rand draw(1);
      std::uniform_real_distribution<float> uniform(-1, 1);
      for (float& x : std::span(static_cast<float*>(m.get_data_handle()), desc.get_size() / sizeof(float))) x = uniform(draw);
      operands_.emplace(role, m);
    }
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  dnnl::primitive primitive_;
  std::unordered_map<int, memory> operands_;
};

}  // namespace

std::optional<Work> onednn_work(const Convolution& c, Direction d, std::uint32_t threads) {
  omp_set_num_threads(static_cast<int>(threads));  // primitives are made for the number of threads that runs them
  return [work = std::make_shared<OneDnnConvolution>(c, d)] { work->run(); };
}

std::string_view onednn_version() {
  static const std::string text = [] {
    const dnnl_version_t* v = dnnl_version();
    return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
  }();
  return text;
}

}  // namespace ingot::bench
