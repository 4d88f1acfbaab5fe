#include "autodiff/update.hpp"

#include "ir/error.hpp"

namespace ingot::codegen {
namespace {

/// One parameter's update in the making. Numbers are combined in f64 and cast where they meet the tensors.
class Update {
 public:
  Update(Builder& b, const OptimizerNumbers& n, std::int32_t parameter, const std::vector<std::int32_t>& slots, ValueId grad)
      : b_(b), n_(n), parameter_(parameter), slots_(slots), g_(grad), dtype_(b.type(grad).dtype) {
    name_ = info(parameter).name;
    b_.set_name(name_);
    w_ = b_.state(parameter);
  }

  void run() {
    b_.set_name(name_ + "/update");
    if (n_.has_decay) w_ = b_.sub(w_, b_.mul(w_, number(b_.mul(n_.weight_decay, n_.rate))));
    switch (n_.kind) {
      case opt_kind::sgd:
        return n_.has_momentum ? momentum() : store(b_.sub(w_, b_.mul(g_, number(n_.rate))));
      case opt_kind::rmsprop:
        return rmsprop();
      case opt_kind::adam:
      case opt_kind::adamw:
        return adam();
      default:
        throw InternalError("update: no optimizer");
    }
  }

 private:
  [[nodiscard]] const StateInfo& info(std::int32_t state) const { return b_.graph().states[static_cast<std::size_t>(state)]; }
  ValueId number(ValueId f64) { return b_.cast(f64, dtype_); }
  ValueId one_minus(ValueId f64) { return b_.sub_from(1, f64); }

  ValueId slot(std::size_t k) {
    b_.set_name(info(slots_[k]).name);
    return b_.state(slots_[k]);
  }
  void store_slot(std::size_t k, ValueId value) { assign(slots_[k], value); }
  void store(ValueId value) { assign(parameter_, value); }
  void assign(std::int32_t state, ValueId value) { b_.graph().results.push_back({ResultKind::assign, state, value, info(state).name}); }
  /// old + (target - old) * (1 - beta)
  ValueId moving(ValueId old, ValueId target, ValueId beta) { return b_.add(old, b_.mul(b_.sub(target, old), number(one_minus(beta)))); }

  void momentum() {  // m = mu m - lr g; w += m, or w += mu m - lr g
    const ValueId mu = number(n_.momentum);
    const ValueId old = slot(0), step = b_.mul(g_, number(n_.rate));
    const ValueId m = b_.sub(b_.mul(old, mu), step);
    store_slot(0, m);
    b_.set_name(name_ + "/update");
    store(b_.add(w_, n_.nesterov ? b_.sub(b_.mul(m, mu), step) : m));
  }

  void rmsprop() {  // v = rho v + (1 - rho) g^2; inc = lr g / sqrt(v + eps); with momentum: m = mu m + inc
    const ValueId old = slot(0);
    const ValueId v = b_.add(b_.mul(old, number(n_.rho)), b_.mul(b_.mul(g_, g_), number(one_minus(n_.rho))));
    store_slot(0, v);
    b_.set_name(name_ + "/update");
    const ValueId root = b_.unary(Op::sqrt, b_.add(v, number(n_.epsilon)));
    ValueId step = b_.div(b_.mul(g_, number(n_.rate)), root);
    if (n_.has_momentum) {
      const ValueId old_step = slot(1);
      step = b_.add(b_.mul(old_step, number(n_.momentum)), step);
      store_slot(1, step);
      b_.set_name(name_ + "/update");
    }
    store(b_.sub(w_, step));
  }

  void adam() {
    const ValueId m = moving(slot(0), g_, n_.beta1);
    store_slot(0, m);
    const ValueId old = slot(1), square = b_.mul(g_, g_);  // in this order: slot() names what follows
    const ValueId v = moving(old, square, n_.beta2);
    store_slot(1, v);
    b_.set_name(name_ + "/update");
    const ValueId correction1 = one_minus(n_.beta1_power), correction2 = b_.unary(Op::sqrt, one_minus(n_.beta2_power));
    const ValueId root = b_.unary(Op::sqrt, v);
    if (n_.epsilon_form == epsilon_kind::keras) {  // alpha = lr sqrt(1 - b2^t) / (1 - b1^t); w -= alpha m / (sqrt(v) + eps)
      const ValueId alpha = b_.div(b_.mul(n_.rate, correction2), correction1);
      store(b_.sub(w_, b_.div(b_.mul(m, number(alpha)), b_.add(root, number(n_.epsilon)))));
    } else {  // w -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
      const ValueId below = b_.add(b_.div(root, number(correction2)), number(n_.epsilon));
      store(b_.sub(w_, b_.div(b_.mul(m, number(b_.div(n_.rate, correction1))), below)));
    }
  }

  Builder& b_;
  const OptimizerNumbers& n_;
  std::int32_t parameter_;
  const std::vector<std::int32_t>& slots_;
  ValueId g_, w_ = no_value;
  DType dtype_;
  std::string name_;
};

}  // namespace

std::vector<std::string_view> slot_names(opt_kind kind, bool has_momentum) {
  switch (kind) {
    case opt_kind::sgd:
      return has_momentum ? std::vector<std::string_view>{"sgd.momentum"} : std::vector<std::string_view>{};
    case opt_kind::rmsprop:
      return has_momentum ? std::vector<std::string_view>{"rmsprop.v", "rmsprop.momentum"} : std::vector<std::string_view>{"rmsprop.v"};
    case opt_kind::adam:
    case opt_kind::adamw:
      return {"adam.m", "adam.v"};
    default:
      return {};
  }
}

void add_update(Builder& b, const OptimizerNumbers& n, std::int32_t parameter, const std::vector<std::int32_t>& slots, ValueId grad) {
  Update(b, n, parameter, slots, grad).run();
}

}  // namespace ingot::codegen
