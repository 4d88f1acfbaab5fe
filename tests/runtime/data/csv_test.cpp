#include <ingot/runtime/data/csv.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/csv_encoder.hpp>

#include <cmath>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

CsvTable table_of(std::string text) { return CsvTable::parse(std::move(text), "d.csv"); }
std::string parsing(std::string text) {
  return refusal([&] { table_of(std::move(text)); });
}
ModelPorts ports(std::uint32_t features, Port target = {"y", INGOT_F32, {1}, 0}) {
  return {"toy", {{"x", INGOT_F32, {features}, 0}}, {std::move(target)}};
}
std::vector<float> floats_of(const Table& table) {
  const auto* at = static_cast<const float*>(table.data());
  return {at, at + table.rows * table.row_elements()};
}
std::vector<std::int32_t> classes_of(const Table& table) {
  const auto* at = static_cast<const std::int32_t*>(table.data());
  return {at, at + table.rows};
}
// Fits on the first rows and encodes the whole file.
Dataset encode(const std::string& text, const ModelPorts& model, const CsvOptions& options = {}, std::size_t training_rows = 0) {
  const CsvTable table = table_of(text);
  const auto encoder = CsvEncoder::fit(table, training_rows == 0 ? table.rows() : training_rows, model, options);
  return encoder.encode(table, 0, table.rows(), model);
}
std::string encoding(const std::string& text, const ModelPorts& model, const CsvOptions& options = {}, std::size_t training_rows = 0) {
  return refusal([&] { encode(text, model, options, training_rows); });
}

}  // namespace

TEST_CASE("CSV as RFC 4180 has it") {
  const CsvTable table = table_of("\xEF\xBB\xBFname,\"a \"\"b\"\"\",c\r\n\"x,y\",\"two\r\nlines\",3\r\n\r\n\"\",\"\"\"\", 5");
  CHECK(table.columns() == std::vector<std::string>{"name", "a \"b\"", "c"});
  REQUIRE(table.rows() == 2);
  CHECK(table.cell(0, 0) == "x,y");
  CHECK(table.cell(0, 1) == "two\r\nlines");
  CHECK(table.cell(1, 0) == "");
  CHECK(table.cell(1, 1) == "\"");
  CHECK(table.cell(1, 2) == " 5");
  CHECK(table.line(0) == 2);
  CHECK(table.line(1) == 5);
  CHECK(table.where(1, 2) == "d.csv, line 5, column 'c'");
  CHECK(CsvTable::parse("a;b\n1;2,5\n", "d", ';').cell(0, 1) == "2,5");
  CHECK(table_of("a\n\n1\n").rows() == 2);
}

TEST_CASE("damaged CSV is refused with line and column") {
  CHECK_THAT(parsing(""), Contains("d.csv is empty"));
  CHECK_THAT(parsing("a,,c\n"), Contains("d.csv, line 1: column 2 has no name"));
  CHECK_THAT(parsing("a,b,a\n"), Contains("line 1: two columns are named 'a'"));
  CHECK_THAT(parsing("a,b\n1,2\n1\n"), Contains("d.csv, line 3: 1 cells, the header has 2 columns"));
  CHECK_THAT(parsing("a,b\n1,2,3\n"), Contains("line 2: 3 cells"));
  CHECK_THAT(parsing("a,b\n1,x\"y\n"), Contains("line 2, column 4: a quote inside a cell"));
  CHECK_THAT(parsing("a,b\n1,\"x\"y\n"), Contains("line 2, column 6: text after the closing quote"));
  CHECK_THAT(parsing("a,b\n1,\"x\n\n"), Contains("line 2, column 3: the quote that begins here does not end"));
}

TEST_CASE("numbers, categories and missing values become features") {
  const std::string text = "age,city,income,y\n10,Rome,1.5,0.5\n,Oslo,2.5,1\n20,NA,?,2\n30,Rome, 4 ,3\n";
  const Dataset data = encode(text, ports(4));
  CHECK(data.inputs[0].dims == std::vector<std::uint32_t>{4});
  const float mean = static_cast<float>(8.0 / 3);
  CHECK(floats_of(data.inputs[0]) == std::vector<float>{10, 0, 1, 1.5f, 20, 1, 0, 2.5f, 20, 0, 0, mean, 30, 0, 1, 4});
  CHECK(floats_of(data.targets[0]) == std::vector<float>{0.5f, 1, 2, 3});
  CsvOptions options;
  options.missing_indicator = true;
  const Dataset marked = encode(text, ports(6), options);
  const auto features = floats_of(marked.inputs[0]);
  CHECK(std::vector<float>(features.begin() + 6, features.begin() + 12) == std::vector<float>{20, 1, 1, 0, 2.5f, 0});
  options.ignore = {"city", "income"};
  CHECK(encode(text, ports(2), options).inputs[0].row_elements() == 2);
}

TEST_CASE("means and categories come from the training part alone") {
  const std::string text = "a,c,y\n1,p,0\n3,q,0\n,p,0\n1000,p,0\n";
  CHECK(floats_of(encode(text, ports(3), {}, 2).inputs[0]) == std::vector<float>{1, 1, 0, 3, 0, 1, 2, 1, 0, 1000, 1, 0});
  const std::string unknown = "a,c,y\n1,p,0\n3,q,0\n5,r,0\n";
  CHECK_THAT(encoding(unknown, ports(3), {}, 2),
             Contains("d.csv, line 4, column 'c': 'r' is none of the categories of the training part (p, q)"));
  CsvOptions zeros;
  zeros.unknown_as_zeros = true;
  const auto encoded = floats_of(encode(unknown, ports(3), zeros, 2).inputs[0]);
  CHECK(std::vector<float>(encoded.end() - 3, encoded.end()) == std::vector<float>{5, 0, 0});
  CHECK_THAT(encoding("a,y\n1,0\nx,0\n", ports(1), {}, 1), Contains("line 3, column 'a': 'x' is not a number"));
}

TEST_CASE("declared columns") {
  CsvOptions options;
  options.categorical = {"code"};
  options.targets = {"y"};
  const Dataset data = encode("y,code,v\n1,10,5\n2,9,6\n3,10,7\n", ports(3), options);
  CHECK(floats_of(data.inputs[0]) == std::vector<float>{0, 1, 5, 1, 0, 6, 0, 1, 7});  // 9 before 10
  options.numeric = {"v"};
  CHECK_THAT(encoding("y,code,v\n1,10,5\n2,9,x\n", ports(3), options), Contains("line 3, column 'v': 'x' is not a number"));
  options.numeric = {"code"};
  CHECK_THAT(encoding("y,code,v\n1,10,5\n", ports(3), options), Contains("column 'code' is declared both numeric and categorical"));
  options = {};
  options.ignore = {"none"};
  CHECK_THAT(encoding("y,v\n1,10\n", ports(1), options), Contains("d.csv: there is no column 'none'; the columns are y, v"));
  options = {};
  options.targets = {"v", "y"};
  CHECK_THAT(encoding("y,v,w\n1,10,3\n", ports(1), options), Contains("2 target columns are named, model toy wants 1"));
}

TEST_CASE("class targets") {
  const Port three{"kind", INGOT_I32, {}, 3};
  CHECK(classes_of(encode("v,k\n1,0\n1,2\n1,1\n", ports(1, three)).targets[0]) == std::vector<std::int32_t>{0, 2, 1});
  const Dataset named = encode("v,k\n1,plum\n1,apple\n1,fig\n1,apple\n", ports(1, three));
  CHECK(classes_of(named.targets[0]) == std::vector<std::int32_t>{2, 0, 1, 0});
  CHECK(named.class_names[0] == std::vector<std::string>{"apple", "fig", "plum"});
  CHECK(classes_of(encode("v,k\n1,30\n1,4\n1,5\n", ports(1, three)).targets[0]) == std::vector<std::int32_t>{2, 0, 1});
  CHECK_THAT(encoding("v,k\n1,a\n1,b\n1,c\n1,d\n", ports(1, three)), Contains("'k' has 4 classes (a, b, c, d), target 'kind' has 3"));
  CHECK_THAT(encoding("v,k\n1,0\n1,3\n", ports(1, three), {}, 1), Contains("line 3, column 'k': '3' is no class number from 0 to 2"));
  CHECK_THAT(encoding("v,k\n1,a\n1,b\n", ports(1, three), {}, 1),
             Contains("line 3, column 'k': 'b' is none of the classes of the training part (a)"));
  CHECK_THAT(encoding("v,k\n1,0\n1,1\n", ports(1, {"tags", INGOT_I32, {2}, 3})),
             Contains("d.csv: target 'tags' has 2 classes in a row, a table has one; use NPY or NPZ"));
  CHECK_THAT(encoding("v,k\n1,a\n1,\n", ports(1, three)), Contains("line 3, column 'k': the target is missing"));
  const Port binary{"yes", INGOT_F32, {1}, 1};
  CHECK(floats_of(encode("v,k\n1,yes\n1,no\n", ports(1, binary)).targets[0]) == std::vector<float>{1, 0});
  const Port dense{"kind", INGOT_F32, {3}, 3};
  CHECK(floats_of(encode("v,k\n1,2\n1,0\n", ports(1, dense)).targets[0]) == std::vector<float>{0, 0, 1, 1, 0, 0});
  const Port two_values{"xy", INGOT_F32, {2}, 0};
  CHECK(floats_of(encode("v,k,l\n1,2,3\n1,0,4\n", ports(1, two_values)).targets[0]) == std::vector<float>{2, 3, 0, 4});
}

TEST_CASE("content that cannot be used is refused with row and column") {
  CHECK_THAT(encoding("v,y\n1,1\nnan,1\n", ports(1)),
             Contains("d.csv, line 3, column 'v': 'nan' is not a finite number; leave the cell empty"));
  CHECK_THAT(encoding("v,y\n1,1\n-inf,1\n", ports(1)), Contains("line 3, column 'v': '-inf' is not a finite"));
  CHECK_THAT(encoding("v,y\n1,1\n1e39,1\n", ports(1)), Contains("line 3, column 'v': '1e39' is not a finite"));
  CHECK_THAT(encoding("v,y\n1,1\n1e999,1\n", ports(1)), Contains("line 3, column 'v'"));
  CHECK_THAT(encoding("v,y\n1,1\n2,Infinity\n", ports(1)), Contains("line 3, column 'y'"));
  CHECK_THAT(encoding("v,y\n,1\n,2\n", ports(1)), Contains("column 'v' has no value in the 2 training rows"));
  CHECK_THAT(encoding("v,y\n1,1\n", ports(2)), Contains("d.csv: the columns make 1 features (v), the input of model toy wants 2"));
  CHECK_THAT(encoding("c,y\na,1\nb,1\n", ports(1)), Contains("make 2 features (c=a, c=b)"));
  CHECK_THAT(encoding("1,2\n3,4\n", ports(1)), Contains("the first line holds numbers only"));
  CHECK_THAT(encoding("v,y\n", ports(1)), Contains("there are no rows to train on"));
  CHECK_THAT(encoding("y\n1\n", ports(1)), Contains("1 columns are too few"));
  CHECK_THAT(encoding("c,y\n\xff,1\n", ports(1)), Contains("line 2, column 'c': the text is not UTF-8"));
}

TEST_CASE("features are divided over the inputs") {
  const ModelPorts two{"toy", {{"a", INGOT_F32, {2}, 0}, {"b", INGOT_F32, {1}, 0}}, {{"y", INGOT_F32, {1}, 0}}};
  const Dataset data = encode("p,q,r,y\n1,2,3,0\n4,5,6,0\n", two);
  CHECK(floats_of(data.inputs[0]) == std::vector<float>{1, 2, 4, 5});
  CHECK(floats_of(data.inputs[1]) == std::vector<float>{3, 6});
}

TEST_CASE("the encoding survives JSON and serves prediction") {
  const std::string text = "a,c,k\n1.1,\"p,\xC3\xBC\",no\n,q,yes\n0.1,q,no\n";
  const ModelPorts model = ports(4, {"yes", INGOT_F32, {1}, 1});
  CsvOptions options;
  options.missing_indicator = true;
  options.unknown_as_zeros = true;
  const CsvTable table = table_of(text);
  const auto encoder = CsvEncoder::fit(table, 3, model, options);
  const auto again = CsvEncoder::from_json(encoder.to_json());
  CHECK(again.to_json() == encoder.to_json());
  CHECK(again.feature_names() == std::vector<std::string>{"a", "a missing", "c=p,\xC3\xBC", "c=q"});
  CHECK(again.columns()[0].mean == (1.1 + 0.1) / 2);
  CHECK(floats_of(again.encode(table, 0, 3, model).inputs[0]) == floats_of(encoder.encode(table, 0, 3, model).inputs[0]));
  // other order, no target, a column that is not needed, an unknown category
  const Dataset predicted = again.encode_inputs(table_of("z,c,a\n9,q,2\n9,new,\n"), model);
  CHECK(floats_of(predicted.inputs[0]) == std::vector<float>{2, 0, 0, 1, static_cast<float>((1.1 + 0.1) / 2), 1, 0, 0});
  CHECK(predicted.targets.empty());
  CHECK(predicted.class_names[0] == std::vector<std::string>{"no", "yes"});
  CHECK_THAT(refusal([&] { (void)again.encode_inputs(table_of("z,a\n9,2\n"), model); }), Contains("there is no column 'c'"));
  CHECK_THAT(refusal([&] { CsvEncoder::from_json("{}"); }), Contains("the CSV encoding beside the weights is damaged"));
  CHECK_THAT(refusal([&] { CsvEncoder::from_json("{\"version\":99}"); }), Contains("another version"));
}

TEST_CASE("an encoding whose targets have lost their columns is refused") {
  const ModelPorts ports{"toy", {{"x", INGOT_F32, {1}, 0}}, {{"y", INGOT_I32, {}, 2}}};
  const CsvTable table = CsvTable::parse("a,y\n1,0\n2,1\n", "d.csv");
  std::string json = CsvEncoder::fit(table, 2, ports, {}).to_json();
  const std::size_t at = json.find("\"y\"");
  REQUIRE(at != std::string::npos);
  json.erase(at, 3);
  CHECK(refusal([&] { (void)CsvEncoder::from_json(json).encode(table, 0, 2, ports); }) ==
        "d.csv: the encoder has 0 columns for target 'y', 1 are wanted; train again");
}
