// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <functional>
#include <set>

#include "core/base/error.h"
#include "core/experiment/nearest.h"
#include "core/experiment/parameters.h"

using namespace monge;
using nlohmann::json;

namespace {

const ParameterSpec& parameter(const char* key) {
  return method("k-gans").at(key);
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

class TestParameters : public QObject {
  Q_OBJECT

 private slots:
  void everyDescriptionIsWhole() {
    for (const MethodSpec& spec : methods()) {
      std::set<std::string> keys;
      std::set<std::string> closedGroups;
      std::string group;
      for (const ParameterSpec& entry : spec.parameters) {
        const char* key = entry.key.c_str();
        QVERIFY2(keys.insert(entry.key).second, key);
        QVERIFY2(!entry.label.empty() && !entry.help.empty() && entry.help.ends_with("."), key);
        QVERIFY2(QRegularExpression("^[a-z][a-z0-9_]*$").match(key).hasMatch(), key);
        QVERIFY2(validated(entry, entry.defaultValue, "") == entry.defaultValue, key);
        QCOMPARE(entry.choices.size(), entry.choiceHelp.size());
        const bool chooses =
            entry.type == ParameterSpec::Type::Choice || entry.type == ParameterSpec::Type::ChoiceOrShares;
        QVERIFY2(chooses == (entry.choices.size() > 1), key);
        QVERIFY2(entry.needsKey.empty() || spec.find(entry.needsKey), key);
        if (entry.group != group) QVERIFY2(closedGroups.insert(entry.group).second, "a group in two pieces");
        group = entry.group;
      }
      QVERIFY(method(spec.name).title == spec.title);
    }
  }

  void unknownNamesAreNamedWithWhatIsNear() {
    QCOMPARE(complaint([] { method("k-means"); }), std::string("method: k-means; expected one of k-gans"));
    QCOMPARE(complaint([] { method("k-gans").at("critic_stepz"); }),
             std::string("k-GANs: no parameter named critic_stepz; expected critic_steps perhaps"));
    QVERIFY(method("k-gans").find("nothing") == nullptr);
  }

  void nearestCountsEdits() {
    const std::vector<std::string> known = {"rate", "batch", "burn_in"};
    QCOMPARE(nearest("rte", known), std::string("rate"));
    QCOMPARE(nearest("btach", known), std::string("batch"));
    QCOMPARE(nearest("burnin", known), std::string("burn_in"));
    QCOMPARE(nearest("temperature", known), std::string());
    QCOMPARE(suggestion("temperature", known), std::string("one of rate, batch, burn_in"));
  }

  void valuesTakeTheTypeOfTheParameter() {
    QVERIFY(validated(parameter("generators"), 5.0, "").is_number_integer());
    QVERIFY(validated(parameter("rate"), 1, "").is_number_float());
    QCOMPARE(validated(parameter("generator_layers"), json{64, 32}, ""), (json{64, 32}));
  }

  void wrongValuesAreRefused_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char* key, const char* value, const char* sentence) {
      QTest::addRow("%s %s", key, value) << key << value << sentence;
    };
    row("generators", "0", "p.generators: 0; expected a whole number from 1 to 256");
    row("generators", "257", "p.generators: 257; expected a whole number from 1 to 256");
    row("generators", "1.5", "p.generators: 1.5; expected a whole number from 1 to 256");
    row("generators", "\"4\"", "p.generators: \"4\"; expected a whole number from 1 to 256");
    row("generators", "18446744073709551615",
        "p.generators: 18446744073709551615; expected a whole number from 1 to 256");
    row("generators", "1e300", "p.generators: 1e+300; expected a whole number from 1 to 256");
    row("rate", "-1", "p.rate: -1; expected a number from 0 to 1");
    row("rate", "null", "p.rate: null; expected a number from 0 to 1");
    row("batch_norm", "1", "p.batch_norm: 1; expected true or false");
    row("critic", "\"hard\"", "p.critic: \"hard\"; expected one of soft, clip, penalty");
    row("critic", "3", "p.critic: 3; expected one of soft, clip, penalty");
    row("critic_layers", "[]", "p.critic_layers: []; expected 1 to 16 whole numbers from 1 to 4096");
    row("critic_layers", "[8,0]", "p.critic_layers: [8,0]; expected 1 to 16 whole numbers from 1 to 4096");
    row("critic_layers", "8", "p.critic_layers: 8; expected 1 to 16 whole numbers from 1 to 4096");
  }
  void wrongValuesAreRefused() {
    QFETCH(QString, key);
    QFETCH(QString, value);
    QFETCH(QString, sentence);
    const ParameterSpec& spec = parameter(key.toUtf8().constData());
    const json document = json::parse(value.toStdString());
    QCOMPARE(QString::fromStdString(complaint([&] { validated(spec, document, "p"); })), sentence);
  }

  void notANumberIsRefused() {
    QVERIFY_EXCEPTION_THROWN(validated(parameter("rate"), NAN, ""), Error);
    QVERIFY_EXCEPTION_THROWN(validated(parameter("generators"), NAN, ""), Error);
    QVERIFY_EXCEPTION_THROWN(validated(parameter("generators"), INFINITY, ""), Error);
  }

  void textIsReadInTheParametersType() {
    QCOMPARE(parseParameter(parameter("generators"), "8", ""), json(8));
    QCOMPARE(parseParameter(parameter("rate"), "1e-3", ""), json(1e-3));
    QCOMPARE(parseParameter(parameter("rate"), " 0.5 ", ""), json(0.5));
    QCOMPARE(parseParameter(parameter("batch_norm"), "off", ""), json(false));
    QCOMPARE(parseParameter(parameter("batch_norm"), "true", ""), json(true));
    QCOMPARE(parseParameter(parameter("critic"), "clip", ""), json("clip"));
    QCOMPARE(parseParameter(parameter("generator_layers"), "64, 32,8", ""), (json{64, 32, 8}));
    QCOMPARE(parseParameter(parameter("generator_layers"), "[64]", ""), json::array({64}));
  }

  void wrongTextIsRefusedInItsOwnWords_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    for (const char* text : {"", "four", "4x", "0x10", "nan", "inf", "1e999", "1,000"})
      QTest::addRow("rate %s", text) << "rate" << text;
    for (const char* text : {"0", "-3", "4.5", "99999999999999999999"})
      QTest::addRow("generators %s", text) << "generators" << text;
    for (const char* text : {"", "8,", "8,,8", "eight", "[8", "8;8"})
      QTest::addRow("layers %s", text) << "critic_layers" << text;
    QTest::newRow("choice") << "critic"
                            << "Soft";
    QTest::newRow("boolean") << "batch_norm"
                             << "maybe";
  }
  void wrongTextIsRefusedInItsOwnWords() {
    QFETCH(QString, key);
    QFETCH(QString, text);
    const ParameterSpec& spec = parameter(key.toUtf8().constData());
    const QString words =
        QString::fromStdString(complaint([&] { parseParameter(spec, text.toStdString(), "--set"); }));
    QVERIFY2(words.startsWith("--set." + key + ": " + (text.isEmpty() ? "nothing" : text) + "; expected"),
             qPrintable(words));
  }
};

QTEST_APPLESS_MAIN(TestParameters)
#include "test_parameters.moc"
