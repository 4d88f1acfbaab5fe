// JPEG through libjpeg-turbo. Its errors come back by longjmp, so functions between setjmp and the library own nothing that needs a
// destructor; what they need is kept by JpegReader, whose destructor releases it.
#include "image/codecs.hpp"
#include "image/jpeg_huffman.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <memory>

#include <jerror.h>

namespace ingot::runtime {
namespace {

// A Huffman code has one bit at least: 8 blocks of 64 pixels per byte.
constexpr std::uint64_t most_pixels_per_byte = 512;
// A few hundred bytes can ask for thousands of passes over a large image.
constexpr int max_scans = 500;
constexpr std::string_view exif_mark{"Exif\0\0", 6};

struct Failure : jpeg_error_mgr {
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void fail(j_common_ptr info) {
  auto* failure = static_cast<Failure*>(info->err);
  failure->format_message(info, failure->message);
  std::longjmp(failure->jump, 1);
}

// Damage that the library repairs by guessing is accepted, as in TensorFlow, but for an end that is missing. Nothing is printed.
void on_message(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code == JWRN_JPEG_EOF) fail(info);
}

void on_progress(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= max_scans) return;
  auto* failure = static_cast<Failure*>(info->err);
  std::snprintf(failure->message, sizeof failure->message, "more than %d scans", max_scans);
  std::longjmp(failure->jump, 1);
}

class JpegReader {
 public:
  JpegReader(std::span<const std::byte> file, const std::string& name, HuffmanScan* scan) : file_(file), name_(name), scan_(scan) {
    info_.err = jpeg_std_error(&failure_);
    failure_.error_exit = fail;
    failure_.emit_message = on_message;
    progress_.progress_monitor = on_progress;
  }
  ~JpegReader() { jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  void probe() {
    guarded([this] { create(); });
    check_header();
  }

  void decode(RowSink& sink) {
    guarded([this] { create(); });
    decode_once(sink);
    if (!suspended_) return;
    jpeg_abort_decompress(&info_);
    scan_ = nullptr;  // damaged: libjpeg decides what can be repaired
    decode_once(sink);
  }

 private:
  void check_header() {
    guarded([this] { read_header(); });
    if (info_.num_components == 4) throw UserError(fmt::format("{} is a CMYK image; convert it to RGB", name_));
    check_pixels(name_, info_.image_height, info_.image_width, file_.size(), most_pixels_per_byte);
  }

  void decode_once(RowSink& sink) {
    check_header();
    sink.begin(info_.image_height, info_.image_width, orientation());
    guarded([this, &sink] { read_rows(sink); });
  }

  template <class Step>
  void guarded(const Step& step) {
    if (setjmp(failure_.jump) == 0) {
      step();
      return;
    }
    const std::size_t at = info_.src != nullptr ? file_.size() - std::min(file_.size(), info_.src->bytes_in_buffer) : 0;
    throw UserError(fmt::format("{} is no complete JPEG image (byte {}: {}); replace or remove it", name_, at, failure_.message));
  }

  void create() {
    jpeg_create_decompress(&info_);
    info_.progress = &progress_;
    jpeg_save_markers(&info_, JPEG_APP0 + 1, 0xFFFF);
  }

  void read_header() {
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
    jpeg_read_header(&info_, TRUE);
  }

  void read_rows(RowSink& sink) {
    info_.out_color_space = sink.channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
    info_.dct_method = JDCT_IFAST;  // what TensorFlow's decode_image takes; JDCT_ISLOW gives up to 4 of 255 others
    info_.do_fancy_upsampling = TRUE;
    jpeg_start_decompress(&info_);
    if (scan_ != nullptr) scan_->take_over(info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = sink.row();
      suspended_ = jpeg_read_scanlines(&info_, &row, 1) == 0;
      if (suspended_) return;
      sink.commit();
    }
    jpeg_finish_decompress(&info_);
  }

  [[nodiscard]] Orientation orientation() const {
    for (jpeg_saved_marker_ptr marker = info_.marker_list; marker != nullptr; marker = marker->next) {
      const std::span<const std::byte> data{reinterpret_cast<const std::byte*>(marker->data), marker->data_length};
      if (data.size() > exif_mark.size() && std::memcmp(data.data(), exif_mark.data(), exif_mark.size()) == 0)
        return exif_orientation(data.subspan(exif_mark.size()));
    }
    return Orientation::upright;
  }

  std::span<const std::byte> file_;
  const std::string& name_;
  jpeg_decompress_struct info_{};
  jpeg_progress_mgr progress_{};
  Failure failure_{};
  HuffmanScan* scan_;
  bool suspended_ = false;
};

}  // namespace

void decode_jpeg(std::span<const std::byte> file, const std::string& name, RowSink& sink) {
  thread_local const auto scan = std::make_unique<HuffmanScan>();  // its tables serve most of the files of a folder
  JpegReader(file, name, scan.get()).decode(sink);
}
void probe_jpeg(std::span<const std::byte> file, const std::string& name) { JpegReader(file, name, nullptr).probe(); }

}  // namespace ingot::runtime
