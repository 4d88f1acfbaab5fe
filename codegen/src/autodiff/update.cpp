#include "autodiff/update.hpp"

#include "autodiff/total.hpp"
#include "ir/error.hpp"

namespace ingot::codegen {
namespace {

/// One parameter's update in the making. Numbers are combined in f64 and cast where they meet the tensors.
class Update {
 public:
  Update(Builder& b, const OptimizerNumbers& n, const ParameterStates& states, ValueId grad)
      : b_(b), n_(n), states_(states), g_(grad), dtype_(b.type(grad).dtype) {
    name_ = info(states.parameter).name;
    w_ = read(states.parameter);
  }

  void run() {
    name_update();
    if (n_.has_decay) w_ = b_.sub(w_, b_.mul(w_, number(b_.mul(n_.weight_decay, n_.rate))));
    switch (n_.form.kind) {
      case opt_kind::sgd:
        return n_.form.has_momentum ? momentum() : store(b_.sub(w_, rated(g_)));
      case opt_kind::rmsprop:
        return rmsprop();
      case opt_kind::adam:
      case opt_kind::adamw:
        return adam();
      case opt_kind::nadam:
        return nadam();
      case opt_kind::adagrad:
        return adagrad();
      case opt_kind::adadelta:
        return adadelta();
      case opt_kind::adamax:
        return adamax();
      case opt_kind::lion:
        return lion();
      case opt_kind::lamb:
        return lamb();
      case opt_kind::none:
        break;
    }
    throw InternalError("update: no optimizer");
  }

 private:
  [[nodiscard]] const StateInfo& info(std::int32_t state) const { return b_.graph().states[static_cast<std::size_t>(state)]; }
  ValueId number(ValueId f64) { return b_.cast(f64, dtype_); }
  ValueId one_minus(ValueId f64) { return b_.sub_from(1, f64); }
  ValueId rated(ValueId v) { return b_.mul(v, number(n_.rate)); }
  /// v / f64 as a product: a division of every element costs more than the memory it reads.
  ValueId over(ValueId v, ValueId f64) { return b_.mul(v, number(b_.div(b_.constant(1, DType::f64), f64))); }
  ValueId square(ValueId v) { return b_.mul(v, v); }
  ValueId root(ValueId v) { return b_.unary(Op::sqrt, v); }
  ValueId root_beside(ValueId v) { return b_.add(root(v), number(n_.epsilon)); }  ///< sqrt(v) + epsilon
  ValueId root_around(ValueId v) { return root(b_.add(v, number(n_.epsilon))); }  ///< sqrt(v + epsilon)

  void name_update() { b_.set_name(name_ + "/update"); }
  ValueId slot(std::size_t k) { return read(states_.slots[k]); }
  ValueId read(std::int32_t state) {
    b_.set_name(info(state).name);
    return b_.state(state);
  }
  void assign(std::int32_t state, ValueId value) {
    if (n_.applies != no_value) value = b_.select(n_.applies, value, read(state));
    b_.graph().results.push_back({ResultKind::assign, state, value, info(state).name});
  }
  void store(ValueId value) {
    if (states_.mask >= 0) value = masked(b_, states_.mask, value);
    name_update();
    assign(states_.parameter, constrained(b_, n_.constraint, value));
    if (n_.average_momentum != no_value) average(value);
  }
  void average(ValueId w) {  // a = m a + (1 - m) w; after the first update a = w
    const ValueId old = read(states_.average);
    const ValueId first = b_.binary(Op::equal, n_.update, b_.constant(1, DType::f64));
    const ValueId m = b_.select(first, b_.constant(0, DType::f64), n_.average_momentum);
    assign(states_.average, mixed(old, w, m));
  }
  /// What follows is named as part of the update.
  ValueId store_slot(std::size_t k, ValueId value) {
    assign(states_.slots[k], value);
    name_update();
    return value;
  }
  /// beta old + (1 - beta) target
  ValueId mixed(ValueId old, ValueId target, ValueId beta) {
    return b_.add(b_.mul(old, number(beta)), b_.mul(target, number(one_minus(beta))));
  }
  /// The same as Adam writes it: old + (target - old) (1 - beta)
  ValueId moving(ValueId old, ValueId target, ValueId beta) { return b_.add(old, b_.mul(b_.sub(target, old), number(one_minus(beta)))); }
  /// Slot k becomes the moving mean of the gradient, or of its square.
  ValueId first_moment(std::size_t k) {
    const ValueId old = slot(k);
    return store_slot(k, moving(old, g_, n_.beta1));
  }
  ValueId second_moment(std::size_t k) {
    const ValueId old = slot(k), target = square(g_);  // in this order: slot() names what follows
    return store_slot(k, moving(old, target, n_.beta2));
  }

  void momentum() {  // m = mu m - lr g; w += m, or w += mu m - lr g
    const ValueId mu = number(n_.momentum);
    const ValueId old = slot(0), step = rated(g_);
    const ValueId m = store_slot(0, b_.sub(b_.mul(old, mu), step));
    store(b_.add(w_, n_.nesterov ? b_.sub(b_.mul(m, mu), step) : m));
  }

  void rmsprop() {  // v = rho v + (1 - rho) g^2; inc = lr g / sqrt(v - mean^2 + eps); with momentum: m = mu m + inc
    std::size_t next = 0;
    const ValueId old = slot(next);
    const ValueId v = store_slot(next++, mixed(old, square(g_), n_.rho));
    ValueId spread = v;
    if (n_.form.centered) {
      const ValueId old_mean = slot(next);
      const ValueId mean = store_slot(next++, mixed(old_mean, g_, n_.rho));
      spread = b_.sub(v, square(mean));
    }
    ValueId step = b_.div(rated(g_), root_around(spread));
    if (n_.form.has_momentum) {
      const ValueId old_step = slot(next);
      step = store_slot(next, b_.add(b_.mul(old_step, number(n_.momentum)), step));
    }
    store(b_.sub(w_, step));
  }

  void adam() {
    const ValueId m = first_moment(0);
    ValueId v = second_moment(1);
    if (n_.form.amsgrad) {
      const ValueId old = slot(2);
      v = store_slot(2, b_.binary(Op::maximum, old, v));
    }
    const ValueId correction1 = one_minus(n_.beta1_power), correction2 = root(one_minus(n_.beta2_power));
    if (n_.epsilon_form == epsilon_kind::keras) {  // alpha = lr sqrt(1 - b2^t) / (1 - b1^t); w -= alpha m / (sqrt(v) + eps)
      const ValueId alpha = b_.div(b_.mul(n_.rate, correction2), correction1);
      store(b_.sub(w_, b_.div(b_.mul(m, number(alpha)), root_beside(v))));
    } else {  // w -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
      const ValueId below = b_.add(over(root(v), correction2), number(n_.epsilon));
      store(b_.sub(w_, b_.div(b_.mul(m, number(b_.div(n_.rate, correction1))), below)));
    }
  }

  // u_t = b1 (1 - 0.96^t / 2), P = u_1 ... u_t; w -= lr (u_{t+1} m / (1 - P u_{t+1}) + (1 - u_t) g / (1 - P)) / (sqrt(v / (1 - b2^t)) +
  // eps)
  void nadam() {
    const ValueId m = first_moment(0), v = second_moment(1);
    const ValueId now = b_.mul(n_.beta1, one_minus(b_.mul(n_.warm_power, 0.5)));
    const ValueId ahead = b_.mul(n_.beta1, one_minus(b_.mul(n_.warm_power, 0.5 * 0.96)));
    const ValueId of_m = b_.div(ahead, one_minus(b_.mul(n_.warm_product, ahead)));
    const ValueId of_g = b_.div(one_minus(now), one_minus(n_.warm_product));
    const ValueId direction = b_.add(b_.mul(m, number(of_m)), b_.mul(g_, number(of_g)));
    store(b_.sub(w_, b_.div(rated(direction), root_beside(over(v, one_minus(n_.beta2_power))))));
  }

  void adagrad() {  // a += g^2; w -= lr g / sqrt(a + eps)
    const ValueId old = slot(0);
    const ValueId a = store_slot(0, b_.add(old, square(g_)));
    store(b_.sub(w_, b_.div(rated(g_), root_around(a))));
  }

  void adadelta() {  // v = rho v + (1 - rho) g^2; d = g sqrt(u + eps) / sqrt(v + eps); u = rho u + (1 - rho) d^2; w -= lr d
    const ValueId old = slot(0);
    const ValueId v = store_slot(0, mixed(old, square(g_), n_.rho));
    const ValueId steps = slot(1);
    const ValueId step = b_.div(b_.mul(root_around(steps), g_), root_around(v));
    store_slot(1, mixed(steps, square(step), n_.rho));
    store(b_.sub(w_, rated(step)));
  }

  void adamax() {  // u = max(b2 u, |g|); w -= lr / (1 - b1^t) m / (u + eps)
    const ValueId m = first_moment(0);
    const ValueId old = slot(1);
    const ValueId u = store_slot(1, b_.binary(Op::maximum, b_.mul(old, number(n_.beta2)), b_.unary(Op::abs, g_)));
    const ValueId alpha = b_.div(n_.rate, one_minus(n_.beta1_power));
    store(b_.sub(w_, b_.div(b_.mul(m, number(alpha)), b_.add(u, number(n_.epsilon)))));
  }

  void lion() {  // w -= lr sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g
    const ValueId old = slot(0);
    const ValueId direction = b_.unary(Op::sign, mixed(old, g_, n_.beta1));
    store_slot(0, mixed(old, g_, n_.beta2));
    store(b_.sub(w_, rated(direction)));
  }

  void lamb() {  // r = m^ / (sqrt(v^) + eps); w -= lr r |w| / |r|, the ratio 1 where a norm is 0
    const ValueId m = first_moment(0), v = second_moment(1);
    const ValueId corrected = over(m, one_minus(n_.beta1_power));
    const ValueId r = b_.div(corrected, root_beside(over(v, one_minus(n_.beta2_power))));
    const ValueId weight_norm = root(total(b_, square(w_))), step_norm = root(total(b_, square(r)));
    const ValueId one = b_.constant(1, dtype_);
    const ValueId safe = b_.select(b_.greater(step_norm, 0), b_.div(weight_norm, step_norm), one);
    const ValueId ratio = b_.select(b_.greater(weight_norm, 0), safe, one);
    store(b_.sub(w_, b_.mul(r, b_.mul(ratio, number(n_.rate)))));
  }

  Builder& b_;
  const OptimizerNumbers& n_;
  const ParameterStates& states_;
  ValueId g_, w_ = no_value;
  DType dtype_;
  std::string name_;
};

}  // namespace

bool reads_beta_powers(opt_kind kind) {
  return kind == opt_kind::adam || kind == opt_kind::adamw || kind == opt_kind::nadam || kind == opt_kind::adamax || kind == opt_kind::lamb;
}

std::vector<SlotInfo> slots_of(const OptimizerForm& form) {
  std::vector<SlotInfo> slots;
  switch (form.kind) {
    case opt_kind::sgd:
      if (form.has_momentum) slots = {{"sgd.momentum"}};
      break;
    case opt_kind::rmsprop:
      slots = {{"rmsprop.v"}};
      if (form.centered) slots.push_back({"rmsprop.mean"});
      if (form.has_momentum) slots.push_back({"rmsprop.momentum"});
      break;
    case opt_kind::adam:
    case opt_kind::adamw:
      slots = {{"adam.m"}, {"adam.v"}};
      if (form.amsgrad) slots.push_back({"adam.v_max"});
      break;
    case opt_kind::nadam:
      slots = {{"nadam.m"}, {"nadam.v"}};
      break;
    case opt_kind::adagrad:
      slots = {{"adagrad.sum", form.initial_accumulator}};
      break;
    case opt_kind::adadelta:
      slots = {{"adadelta.v"}, {"adadelta.steps"}};
      break;
    case opt_kind::adamax:
      slots = {{"adamax.m"}, {"adamax.u"}};
      break;
    case opt_kind::lion:
      slots = {{"lion.m"}};
      break;
    case opt_kind::lamb:
      slots = {{"lamb.m"}, {"lamb.v"}};
      break;
    case opt_kind::none:
      break;
  }
  return slots;
}

ValueId masked(Builder& b, std::int32_t mask, ValueId v) {
  b.set_name(b.graph().states[static_cast<std::size_t>(mask)].name);
  return b.select(b.greater(b.state(mask), 0.5), v, b.constant(0, b.type(v).dtype));
}

void add_update(Builder& b, const OptimizerNumbers& n, const ParameterStates& states, ValueId grad) { Update(b, n, states, grad).run(); }

}  // namespace ingot::codegen
