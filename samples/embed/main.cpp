// A program that trains and uses a compiled model inside its own process, through the typed header that the build wrote.
// usage: embed [DIR with the four files of Fashion-MNIST [DEVICE: cpu, cuda, cuda:N]]
#include <fashion.hpp>
#include <ingot/runtime/data/idx.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <numeric>
#include <random>
#include <vector>

namespace {

namespace fashion = ingot_models::fashion;

struct Images {
  std::vector<fashion::input_row> pixels;
  std::vector<fashion::target_row> labels;
};

Images read(const std::filesystem::path& folder, const std::string& part) {
  const ingot::runtime::Array pixels = ingot::runtime::read_idx(folder / (part + "-images-idx3-ubyte.gz"));
  const ingot::runtime::Array labels = ingot::runtime::read_idx(folder / (part + "-labels-idx1-ubyte.gz"));
  if (pixels.bytes() != labels.elements() * sizeof(fashion::input_row)) throw std::runtime_error(part + ": images and labels do not fit");
  Images images;
  images.pixels.resize(labels.elements());
  std::copy_n(pixels.data.get(), pixels.bytes(), reinterpret_cast<std::byte*>(images.pixels.data()));
  const auto* classes = reinterpret_cast<const std::uint8_t*>(labels.data.get());
  images.labels.assign(classes, classes + labels.elements());
  return images;
}

/// The same rows in another order.
Images shuffled(const Images& images, std::mt19937& random) {
  std::vector<std::size_t> order(images.labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), random);
  Images result;
  for (const std::size_t i : order) {
    result.pixels.push_back(images.pixels[i]);
    result.labels.push_back(images.labels[i]);
  }
  return result;
}

/// Calls `use` with one batch after the other; the last one is smaller.
template <class Use>
void each_batch(const Images& images, Use&& use) {
  const std::span pixels(images.pixels);
  const std::span labels(images.labels);
  for (std::size_t at = 0; at < labels.size(); at += fashion::batch_rows) {
    const std::size_t rows = std::min<std::size_t>(fashion::batch_rows, labels.size() - at);
    use(fashion::batch{pixels.subspan(at, rows), labels.subspan(at, rows)});
  }
}

double accuracy(fashion::model& model, const Images& images) {
  double correct = 0;
  each_batch(images,
             [&](const fashion::batch& batch) { correct += model.evaluate(batch).accuracy * static_cast<double>(batch.input.size()); });
  return correct / static_cast<double>(images.labels.size());
}

void show_predictions(fashion::model& model, const Images& images) {
  std::array<fashion::logits_row, 5> scores;
  model.predict({std::span(images.pixels).first(scores.size())}, {scores});
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto best = std::max_element(scores[i].begin(), scores[i].end()) - scores[i].begin();
    std::printf("image %zu: class %d, predicted %d\n", i, images.labels[i], static_cast<int>(best));
  }
}

void run(const std::filesystem::path& folder, const char* device) {
  const Images train = read(folder, "train");
  const Images test = read(folder, "t10k");
  std::mt19937 random(1);
  fashion::model model(1, {device});
  model.set_learning_rate(1e-3);
  for (int epoch = 1; epoch <= 2; ++epoch) {
    each_batch(shuffled(train, random), [&](const fashion::batch& batch) { model.train_step(batch); });
    std::printf("epoch %d: test accuracy %.4f\n", epoch, accuracy(model, test));
  }
  show_predictions(model, test);
  const auto weights = model.read_parameters();
  std::printf("hidden.bias[0] = %g after %llu steps\n", static_cast<double>(weights->hidden.bias[0]),
              static_cast<unsigned long long>(model.steps()));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist", argc > 2 ? argv[2] : "cpu");
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
