// What is measured besides the loss, and how rows count in it:
//
//   metrics(top_k(5), precision, recall, auc, f1, mse, mae, r2)    accuracy is measured anyway where the loss is one of classes
//   class_weight(1.0, 5.0)                                         a weight for each class, in the loss of training
//   balanced_class_weights                                         the same, from the counts of the training part
//   sample_weights                                                 the data have a weight for each row
//
// A metric is measured on every output that it fits. Figures are named as the words here; on the validation part val_precision
// and so on. Those are what early_stopping and random_search watch.
#pragma once
#include <ingot/dsl/losses.hpp>

namespace ingot {

inline constexpr metric precision = metric::precision, recall = metric::recall, auc = metric::auc, f1 = metric::f1, r2 = metric::r2;
inline constexpr metric top_k_accuracy = metric::top_k_accuracy, val_top_k_accuracy = metric::val_top_k_accuracy,
                        val_precision = metric::val_precision, val_recall = metric::val_recall, val_auc = metric::val_auc,
                        val_f1 = metric::val_f1, val_mse = metric::val_mse, val_mae = metric::val_mae, val_r2 = metric::val_r2;

/// The class is among the k highest scores; a tie with the k-th counts. The figure is top_k_accuracy.
struct top_k {
  int k;
  constexpr explicit top_k(integer auto n) : k(detail::to_size(n)) {}
};

namespace detail {

template <class T>
concept metric_word = std::same_as<T, metric> || std::same_as<T, top_k> || std::same_as<T, plain_loss<loss_kind::mse>> ||
                      std::same_as<T, plain_loss<loss_kind::mae>>;

struct metrics_part {
  std::uint32_t bits = 0;
  int k = 5;
  constexpr void take(metric m) { bits |= metric_bit(m); }
  constexpr void take(top_k t) {
    bits |= metric_bit(metric::top_k_accuracy);
    k = t.k;
  }
  constexpr void take(plain_loss<loss_kind::mse>) { take(metric::mse); }
  constexpr void take(plain_loss<loss_kind::mae>) { take(metric::mae); }
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_metrics, "metrics");
    s.recipe->metrics = bits;
    s.recipe->top_k = k;
  }
};

template <class... W>
struct class_weights_part {
  hp_t hps[sizeof...(W)]{};
  num weight[sizeof...(W)]{};
  static constexpr int rows = (0 + ... + rows_of<W>);
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_class_weights, "class weights");
    s.recipe->n_class_weights = static_cast<std::int32_t>(sizeof...(W));
    const int offset = s.rows->n;
    for (int i = 0; i < rows; ++i) s.rows->rows[s.rows->n++] = hps[i];
    for (std::size_t i = 0; i < sizeof...(W) && i < max_class_weights; ++i) {
      s.recipe->class_weight[i] = weight[i];
      if (weight[i].hp >= 0) s.recipe->class_weight[i].hp += offset;
    }
  }
};
struct balanced_part {
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_class_weights, "class weights");
    s.recipe->balanced_class_weights = true;
  }
};
struct sample_weights_part {
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_sample_weights, "sample_weights");
    s.recipe->sample_weights = true;
  }
};

}  // namespace detail

/// mse and mae are the words of the losses; val_ names mean the same metrics.
template <class... W>
constexpr detail::metrics_part metrics(W... words) {
  static_assert((... && detail::metric_word<W>),
                "metrics(words...): a word is none of accuracy, top_k(k), precision, recall, auc, f1, mse, mae, r2");
  detail::metrics_part part;
  if constexpr ((... && detail::metric_word<W>)) (part.take(words), ...);
  return part;
}

/// Rows of class c count w[c] times in the loss of training, which is still divided by the number of rows (as Keras does);
/// validation is not weighed. One weight for each class, two for a binary output.
template <num_arg... W>
constexpr detail::class_weights_part<W...> class_weight(W... weights) {
  static_assert(sizeof...(W) >= 2, "class_weight(w0, w1, ...): want one weight for each class");
  detail::class_weights_part<W...> part;
  detail::row_sink own{part.hps};
  std::size_t i = 0;
  (detail::set(part.weight[i++], weights, own), ...);
  return part;
}
/// Class c has the weight rows / (classes * rows of class c), counted on the training part and stored with the weights.
inline constexpr detail::balanced_part balanced_class_weights{};
/// The data have a weight for each row, of training, validation and test; losses are means of weight * loss over all rows.
inline constexpr detail::sample_weights_part sample_weights{};

}  // namespace ingot
