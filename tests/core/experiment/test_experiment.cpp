// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <functional>

#include "core/base/error.h"
#include "core/experiment/experiment.h"
#include "core/experiment/preset_documents.h"

using namespace monge;
using nlohmann::json;

namespace {

Experiment read(const char* text) {
  return experimentFromJson(json::parse(text), "doc");
}

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

class TestExperiment : public QObject {
  Q_OBJECT

 private slots:
  void whatIsLeftOutHasItsDefault() {
    const Experiment experiment = read("{}");
    QCOMPARE(experiment.data.toy, std::string("four_clusters"));
    QCOMPARE(experiment.iterations, 60000);
    QCOMPARE(experiment.parameters.size(), method("k-gans").parameters.size());
    QCOMPARE(read(R"({"data":{"file":"a.csv"}})").data.points, 0);  // a file is taken whole
  }

  void documentsReturn() {
    const char* text =
        R"({"version":1,"name":"Spiral","caption":"Look","data":{"file":"/data/roll.csv","labels":"l",
      "array":"x","points":50,"seed":3,"first_rows":true,"resize":32,"scale":[-1,1.5]},"method":"k-gans",
      "parameters":{"generators":8,"rate":0.001},"seed":18446744073709551615,"iterations":10,"checkpoint_every":5,
      "history_every":2,"device":"cpu","threads":2})";
    const Experiment experiment = read(text);
    QVERIFY(experiment.data.toy.empty() && experiment.data.firstRows && experiment.data.scale);
    QCOMPARE(experiment.data.upper, 1.5);
    QCOMPARE(experiment.seed, 18446744073709551615ull);
    QCOMPARE(experiment.parameters["generators"], json(8));
    const json written = toJson(experiment);
    QVERIFY(toJson(experimentFromJson(json::parse(written.dump()), "again")) == written);
    const json given = json::parse(text);
    for (const auto& [key, value] : given.items())
      if (key != "parameters") QVERIFY2(written[key] == value, key.c_str());
  }

  void wrongFieldsAreNamed_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char* text, const char* sentence) { QTest::newRow(text) << text << sentence; };
    row("[]", "doc: []; expected an object that describes an experiment");
    row(R"({"iteration":5})", "doc: \"iteration\": unknown; expected iterations perhaps");
    row(R"({"iterations":0})", "doc: iterations: 0; expected a whole number from 1 to 1000000000000");
    row(R"({"iterations":"many"})",
        "doc: iterations: \"many\"; expected a whole number from 1 to 1000000000000");
    row(R"({"iterations":18446744073709551615})",
        "doc: iterations: 18446744073709551615; expected a whole number from 1 to 1000000000000");
    row(R"({"seed":-1})", "doc: seed: -1; expected a whole number, 0 or more");
    row(R"({"name":5})", "doc: name: 5; expected text");
    row(R"({"device":"tpu"})", "doc: device: \"tpu\"; expected auto, cpu or cuda");
    row(R"({"method":"gan"})", "doc: method: gan; expected one of k-gans");
    row(R"({"parameters":{"generators":0}})",
        "doc: parameters.generators: 0; expected a whole number from 1 to 256");
    row(R"({"parameters":{"ratee":1}})", "doc: parameters.\"ratee\": unknown; expected rate perhaps");
    row(R"({"parameters":[]})", "doc: parameters: []; expected an object");
    row(R"({"data":"four_clusters"})", "doc: data: \"four_clusters\"; expected an object");
    row(R"({"data":{"toy":"four_cluster"}})",
        "doc: data.toy: \"four_cluster\"; expected four_clusters perhaps");
    row(R"({"data":{"toy":"ring_8","file":"a.csv"}})",
        "doc: data.toy: a toy and a file; expected one of them");
    row(R"({"data":{"file":""}})", "doc: data.file: no file; expected a path");
    row(R"({"data":{"points":1}})", "doc: data.points: 1; expected a whole number from 2 to 100000000");
    row(R"({"data":{"scale":[1,1]}})", "doc: data.scale: [1,1]; expected two numbers, the smaller first");
    row(R"({"data":{"scale":true}})", "doc: data.scale: true; expected two numbers, the smaller first");
    row(R"({"data":{"first_rows":1}})", "doc: data.first_rows: 1; expected true or false");
    row(R"({"version":2,"future":1})",
        "doc: an experiment of version 2; expected version 1 at most; a newer Monge wrote it");
    row(R"({"version":"1"})", "doc: version \"1\"; expected a whole number from 1");
  }
  void wrongFieldsAreNamed() {
    QFETCH(QString, text);
    QFETCH(QString, sentence);
    QCOMPARE(QString::fromStdString(complaint([&] { read(text.toUtf8().constData()); })), sentence);
  }

  void allWrongFieldsAreNamedAtOnce() {
    const std::string words = complaint([] {
      read(
          R"({"data":{"points":"x","colour":1},"parameters":{"rate":"fast","batch":1},"seed":1.5,"theads":2})");
    });
    QCOMPARE(std::count(words.begin(), words.end(), '\n'), 6);
    for (const char* part :
         {"doc: 6 fields are wrong\n", "  data.points: \"x\"", "  data.\"colour\": unknown",
          "  parameters.rate: \"fast\"", "  parameters.batch: 1", "  seed: 1.5",
          "  \"theads\": unknown; expected threads perhaps"})
      QVERIFY2(words.find(part) != std::string::npos, part);
  }

  void filesAreReadWithTheirDataBesideThem() {
    const QTemporaryDir folder;
    const std::string root = folder.path().toStdString();
    const std::string file = root + "/experiment.json";
    std::ofstream(root + "/a.csv") << "0,0\n1,1\n1,0\n";
    std::ofstream(file) << R"({"data":{"file":"a.csv"}})";
    QCOMPARE(readExperiment(file).data.file, root + "/a.csv");
    QCOMPARE(loadData(presetOrFile(file).data).size(), 3);
    std::ofstream(file) << R"({"data":{"file":"mnist/images.gz"}})";
    QCOMPARE(readExperiment(file).data.file, std::string("mnist/images.gz"));
  }

  void filesThatAreNoExperimentAreNamed() {
    const QTemporaryDir folder;
    const std::string file = folder.path().toStdString() + "/e.json";
    const auto words = [&](const std::string& text) {
      std::ofstream(file) << text;
      return complaint([&] { readExperiment(file); });
    };
    QCOMPARE(words(""), file + ": an empty file; expected an experiment");
    QCOMPARE(words("{\n  \"seed\": 7,,\n}"),
             file + ": no JSON at line 2, column 13; expected a JSON document");
    QCOMPARE(words(R"({"seed": 7)"), file + ": no JSON at line 1, column 11; expected a JSON document");
    QCOMPARE(words("{\"seed\": " + std::string(100'000, '[')),
             file + ": lists nested deeper than 64; expected a document of Monge");
    QCOMPARE(words("{\"seed\": 1e999}"), file + ": a number that is out of range; expected a JSON document");
    QVERIFY(complaint([&] { readExperiment(file + "x"); }).starts_with(file + "x: cannot be opened"));
  }

  void everyPresetIsWholeAndListed() {
    QCOMPARE(presets().size(), presetDocuments().size());
    for (const Preset& preset : presets()) {
      QVERIFY2(!preset.summary.empty() && !preset.experiment.caption.empty(), preset.name.c_str());
      QCOMPARE(toJson(presetOrFile(preset.name)), toJson(preset.experiment));
      if (preset.experiment.data.file.empty()) QVERIFY(loadData(preset.experiment.data).size() > 100);
    }
    QCOMPARE(presetOrFile("four-clusters-baseline").parameters["generators"], json(1));
    QCOMPARE(presetOrFile("four-clusters-uniform").parameters["start"], json("uniform"));
  }

  void unknownPresetIsNamed() {
    QCOMPARE(complaint([] { presetOrFile("four-cluster"); }),
             std::string("four-cluster: no preset and no file of that name; expected four-clusters perhaps"));
  }

  void toyDataAreScaledIntoTheBox() {
    DataSource source;
    source.scale = true;
    source.points = 500;
    source.lower = -2;
    source.upper = 2;
    const Dataset set = loadData(source);
    QCOMPARE(set.size(), 500);
    QVERIFY(std::abs(set.lower().minCoeff() + 2) < 1e-5f && std::abs(set.upper().maxCoeff() - 2) < 1e-5f);
  }

  void absentDataSaysWhereItWasLookedFor() {
    qputenv("MONGE_DATA", "/nowhere");
    DataSource source;
    source.file = "mnist/none.gz";
    const std::string words = complaint([&] { loadData(source); });
    QVERIFY2(words.starts_with("mnist/none.gz: not found at ") &&
                 words.find(" or /nowhere/mnist/none.gz; expected") != std::string::npos,
             words.c_str());
    qunsetenv("MONGE_DATA");
  }

  void digitsAreTakenInFileOrder() {
    const QByteArray set = qgetenv("MONGE_DATA");
    const QByteArray folder = set.isEmpty() ? QByteArray(MONGE_SOURCE_DIR "/../shared/data") : set;
    if (!QFile::exists(folder + "/mnist"))
      QSKIP("The MNIST files are not here; MONGE_DATA names their folder.");
    qputenv("MONGE_DATA", folder);
    const Dataset digits = loadData(presetOrFile("digits").data);
    QCOMPARE(digits.size(), 5000);
    QCOMPARE(digits.image.size(), 28 * 28);
    QCOMPARE(digits.labels.size(), std::size_t{5000});
    QCOMPARE(digits.labels[0], 5);  // the first training digit
  }
};

QTEST_GUILESS_MAIN(TestExperiment)
#include "test_experiment.moc"
