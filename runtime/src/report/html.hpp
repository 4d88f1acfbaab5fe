// Pieces of HTML pages that need no other file: no scripts, no fonts, no links to load. Texts are escaped here and nowhere else.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ingot::runtime {

/// `text` as the content of an element or the value of a quoted attribute, in HTML and SVG.
[[nodiscard]] std::string html_text(std::string_view text);

/// A cell that is text (escaped when written) or a picture or other markup of ours.
struct HtmlCell {
  HtmlCell(const std::string& text) : content(html_text(text)) {}
  HtmlCell(const char* text) : content(html_text(text)) {}
  /// Markup that is escaped already.
  static HtmlCell markup(std::string html) {
    HtmlCell cell("");
    cell.content = std::move(html);
    return cell;
  }
  std::string content;
};

/// Rows may be shorter than the header. Without a header the first cell of a row is its name.
[[nodiscard]] std::string html_table(const std::vector<std::string>& header, const std::vector<std::vector<HtmlCell>>& rows);
[[nodiscard]] std::string html_heading(std::string_view text);
[[nodiscard]] std::string html_paragraph(std::string_view text);
/// The whole file; `body` is markup.
[[nodiscard]] std::string html_page(std::string_view title, std::string_view body);

}  // namespace ingot::runtime
