#include "report/html.hpp"

#include <fmt/format.h>

namespace ingot::runtime {
namespace {

constexpr const char* style =
    "body{font-family:sans-serif;max-width:76em;margin:1em auto;padding:0 1em;color:#222}"
    "h1{font-size:1.5em}h2{font-size:1.15em;margin-top:1.6em;border-bottom:1px solid #ccc}"
    "table{border-collapse:collapse;font-size:.85em}th,td{padding:.2em .6em;border-bottom:1px solid #eee;text-align:right}"
    "th{background:#f5f5f5}td:first-child,th:first-child{text-align:left}"
    ".plots svg{width:100%;max-width:36em;height:auto}.plots{display:flex;flex-wrap:wrap}";

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string html_table(const std::vector<std::string>& header, const std::vector<std::vector<HtmlCell>>& rows) {
  std::string out = "<table>\n";
  if (!header.empty()) {
    out += "<tr>";
    for (const std::string& name : header) out += "<th>" + html_text(name) + "</th>";
    out += "</tr>\n";
  }
  for (const std::vector<HtmlCell>& row : rows) {
    out += "<tr>";
    for (const HtmlCell& cell : row) out += "<td>" + cell.content + "</td>";
    out += "</tr>\n";
  }
  return out + "</table>\n";
}

std::string html_heading(std::string_view text) { return "<h2>" + html_text(text) + "</h2>\n"; }
std::string html_paragraph(std::string_view text) { return "<p>" + html_text(text) + "</p>\n"; }

std::string html_page(std::string_view title, std::string_view body) {
  const std::string name = html_text(title);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n<style>{1}</style>\n</head>\n"
      "<body>\n<h1>{0}</h1>\n{2}</body>\n</html>\n",
      name, style, body);
}

}  // namespace ingot::runtime
