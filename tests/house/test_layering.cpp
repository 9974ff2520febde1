// SPDX-License-Identifier: GPL-3.0-or-later
// The house's own rules, read from its #include lines: which layer may see which, and which libraries stay
// behind which door.
#include <QtTest>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path kRoot = MONGE_SOURCE_DIR;

/// Folder -> folders it may include from, besides itself. A file belongs to the longest folder that contains
/// it.
const std::map<std::string, std::set<std::string>> kLayers = {
    {"core/base", {}},
    {"core/snapshot", {"core/base"}},
    {"core/data", {"core/base", "core/snapshot"}},
    {"core/geometry", {"core/base", "core/snapshot"}},
    {"core/transport", {"core/base", "core/snapshot", "core/data", "core/geometry"}},
    {"core/device", {"core/base", "core/snapshot", "core/data", "core/geometry", "core/transport"}},
    {"core/experiment", {"core/base", "core/snapshot", "core/data"}},
    // The two back ends share a contract in core/models; that header shows no torch (see below).
    {"core/models/fused", {"core/base", "core/snapshot", "core/models"}},
    // Learning is one layer in three folders.
    {"core/models",
     {"core/base", "core/snapshot", "core/data", "core/experiment", "core/models/fused", "core/training",
      "core/metrics"}},
    {"core/training",
     {"core/base", "core/snapshot", "core/data", "core/transport", "core/device", "core/experiment",
      "core/models", "core/models/fused", "core/metrics"}},
    {"core/metrics",
     {"core/base", "core/snapshot", "core/data", "core/experiment", "core/models", "core/training"}},
    {"core/engine", {"core/base", "core/snapshot", "core/data", "core/experiment", "core/training"}},
    {"views", {"core/base", "core/snapshot"}},
    {"app/window",
     {"core/base", "core/snapshot", "core/data", "core/geometry", "core/transport", "core/experiment",
      "views"}},
    {"app/cli",
     {"core/base", "core/snapshot", "core/data", "core/experiment", "core/training", "core/metrics",
      "core/engine", "core/geometry", "core/transport", "core/device"}},
    {"app", {"core/base", "app/window", "app/cli"}},
};

struct SourceFile {
  std::string path;  ///< relative to the root
  std::string text;
  std::vector<std::string> includes;
  bool isHeader() const { return path.ends_with(".h"); }
};

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> includesOf(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "#") words >> word, word = "#" + word;
    if (word != "#include") continue;
    words >> word;
    if (word.size() > 2) found.push_back(word.substr(1, word.size() - 2));
  }
  return found;
}

std::vector<SourceFile> sources(const std::vector<std::string>& folders) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cpp") continue;
      SourceFile file{fs::relative(entry.path(), kRoot).generic_string(), read(entry.path()), {}};
      file.includes = includesOf(file.text);
      files.push_back(std::move(file));
    }
  }
  return files;
}

/// The layer of a path; empty for what is none of ours.
std::string layerOf(const std::string& path) {
  std::string best;
  for (const auto& [folder, allowed] : kLayers)
    if (path.starts_with(folder + "/") && folder.size() > best.size()) best = folder;
  return best;
}

bool startsWithAny(const std::string& text, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const std::string& beginning) { return text.starts_with(beginning); });
}

bool isTorch(const std::string& include) {
  return startsWithAny(include, {"torch/", "ATen/", "c10/", "caffe2/"});
}

bool mayUseTorch(const std::string& layer) {
  static const std::set<std::string> kLayersWithTorch = {"core/device", "core/models", "core/training",
                                                         "core/metrics"};
  return kLayersWithTorch.contains(layer);
}

bool isQt(const std::string& include) {
  static const std::regex classHeader("Q[A-Z][A-Za-z0-9]*|Qt[A-Z][A-Za-z0-9]*/.*");
  return std::regex_match(include, classHeader) || include.starts_with("qcustomplot");
}

void report(const std::vector<std::string>& broken) {
  for (const std::string& line : broken) qWarning("%s", line.c_str());
}

}  // namespace

class TestLayering : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void everyFileHasALayer();
  void layersSeeOnlyWhatIsBelowThem();
  void torchStaysInItsLayers();
  void cgalStaysInGeometry();
  void vtkStaysInTheViewsOfSpace();
  void qtStaysOutOfTheCore();
  void everyFileNamesItsLicence();
  void noFileNamesAMachine();

 private:
  std::vector<SourceFile> m_sources;
};

void TestLayering::initTestCase() {
  m_sources = sources({"core", "views", "app"});
  QVERIFY2(m_sources.size() > 50, "the sources are not where they should be");
  QCOMPARE(includesOf("#include <a/b.h>\n  # include \"c.h\"\n// #include <d>\n").size(), std::size_t{2});
  QCOMPARE(layerOf("core/models/fused/kernel.h"), std::string("core/models/fused"));
}

void TestLayering::everyFileHasALayer() {
  std::vector<std::string> broken;
  for (const SourceFile& file : m_sources)
    if (layerOf(file.path).empty()) broken.push_back(file.path + " is in no layer that this test knows");
  report(broken);
  QVERIFY(broken.empty());
}

void TestLayering::layersSeeOnlyWhatIsBelowThem() {
  std::vector<std::string> broken;
  for (const SourceFile& file : m_sources) {
    const std::string own = layerOf(file.path);
    for (const std::string& include : file.includes) {
      const std::string other = layerOf(include);
      if (other.empty() || own.empty() || other == own || kLayers.at(own).contains(other)) continue;
      broken.push_back(file.path + " includes " + include + ": " + own + " may not see " + other);
    }
  }
  report(broken);
  QVERIFY(broken.empty());
}

void TestLayering::torchStaysInItsLayers() {
  std::vector<std::string> broken;
  for (const SourceFile& file : m_sources) {
    const bool learning = mayUseTorch(layerOf(file.path));
    for (const std::string& include : file.includes) {
      if (isTorch(include) && !learning) broken.push_back(file.path + " includes " + include);
    }
  }
  // A header with torch in it may be included by the .cpp files of these layers only.
  std::set<std::string> torchHeaders;
  for (const SourceFile& file : m_sources)
    if (file.isHeader() && std::any_of(file.includes.begin(), file.includes.end(), isTorch))
      torchHeaders.insert(file.path);
  for (const SourceFile& file : m_sources) {
    const bool learning = mayUseTorch(layerOf(file.path));
    for (const std::string& include : file.includes)
      if (!learning && torchHeaders.contains(include))
        broken.push_back(file.path + " sees torch through " + include);
  }
  for (const char* contract : {"core/training/trainer.h", "core/training/training_run.h"})
    if (torchHeaders.contains(contract))
      broken.push_back(std::string(contract) + " shows torch to other layers");
  report(broken);
  QVERIFY(broken.empty());
}

void TestLayering::cgalStaysInGeometry() {
  std::vector<std::string> broken;
  for (const SourceFile& file : m_sources) {
    const bool allowed = layerOf(file.path) == "core/geometry" && !file.isHeader();
    for (const std::string& include : file.includes)
      if (include.starts_with("CGAL/") && !allowed) broken.push_back(file.path + " includes " + include);
  }
  report(broken);
  QVERIFY(broken.empty());
}

void TestLayering::vtkStaysInTheViewsOfSpace() {
  std::vector<std::string> broken;
  for (const SourceFile& file : m_sources) {
    const bool allowed = file.path.starts_with("views/space/") && !file.isHeader();
    for (const std::string& include : file.includes)
      if (startsWithAny(include, {"vtk", "EGL/"}) && !allowed)
        broken.push_back(file.path + " includes " + include);
  }
  report(broken);
  QVERIFY(broken.empty());
}

void TestLayering::qtStaysOutOfTheCore() {
  std::vector<std::string> broken;
  for (const SourceFile& file : m_sources) {
    if (!startsWithAny(file.path, {"core/", "app/cli"})) continue;
    for (const std::string& include : file.includes)
      if (isQt(include)) broken.push_back(file.path + " includes " + include);
  }
  report(broken);
  QVERIFY(broken.empty());
}

void TestLayering::everyFileNamesItsLicence() {
  std::vector<std::string> broken;
  for (const SourceFile& file : sources({"core", "views", "app", "tests"}))
    if (!file.text.starts_with("// SPDX-License-Identifier: GPL-3.0-or-later\n")) broken.push_back(file.path);
  report(broken);
  QVERIFY(broken.empty());
}

void TestLayering::noFileNamesAMachine() {
  // Written in two parts, so that this file does not name one itself.
  const std::vector<std::string> places = {std::string("/wo") + "rk/", std::string("/ho") + "me/",
                                           std::string("/ro") + "ot/"};
  std::vector<std::string> broken;
  for (const SourceFile& file : sources({"core", "views", "app", "tests"}))
    for (const std::string& place : places)
      if (file.text.find(place) != std::string::npos) broken.push_back(file.path + " names " + place);
  report(broken);
  QVERIFY(broken.empty());
}

QTEST_APPLESS_MAIN(TestLayering)
#include "test_layering.moc"
