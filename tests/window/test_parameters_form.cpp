// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>

#include "app/window/panel_parts.h"
#include "app/window/parameters_form.h"

using namespace monge;

namespace {

ParameterSpec spec(const std::string& key, ParameterSpec::Type type, nlohmann::json value, double low,
                   double high) {
  ParameterSpec made;
  made.key = made.label = key;
  made.group = "Group";
  made.type = type;
  made.defaultValue = std::move(value);
  made.minimum = low;
  made.maximum = high;
  return made;
}

MethodSpec exampleMethod() {
  using Type = ParameterSpec::Type;
  MethodSpec method{"example", "Example", "", "", {}};
  method.parameters.push_back(spec("count", Type::Integer, 4, 1, 256));
  method.parameters.push_back(spec("rate", Type::Real, 1e-4, 0, 1));
  method.parameters.back().logarithmic = true;
  method.parameters.push_back(spec("norm", Type::Boolean, true, 0, 1));
  method.parameters.push_back(spec("kind", Type::Choice, "k_means", 0, 0));
  method.parameters.back().choices = {"k_means", "uniform"};
  method.parameters.back().takes = ParameterSpec::Takes::Reset;
  method.parameters.push_back(spec("layers", Type::IntegerList, {32, 16, 8}, 1, 4096));
  method.parameters.push_back(spec("shares", Type::ChoiceOrShares, "free", 1e-6, 1e6));
  method.parameters.back().choices = {"free", "equal"};
  method.parameters.push_back(spec("file", Type::Text, "", 0, 0));
  method.parameters.push_back(spec("power", Type::Real, 2, 1, 8));
  method.parameters.back().slider = true;
  method.parameters.back().needsKey = "kind";
  method.parameters.back().needsOneOf = {"uniform"};
  return method;
}

}  // namespace

class TestParametersForm : public QObject {
  Q_OBJECT

  ParametersForm m_form;

  QLineEdit* line(const char* key) { return qobject_cast<QLineEdit*>(m_form.field(key)->editor()); }
  void type(const char* key, const char* text) {
    line(key)->selectAll();
    QTest::keyClicks(line(key), text);
    QTest::keyClick(line(key), Qt::Key_Return);
  }

 private slots:
  void init() {
    m_form.setMethod(exampleMethod(), {{"count", 6}});
    m_form.show();
  }

  void showsValuesAndDefaults() {
    QCOMPARE(line("count")->text(), "6");
    QCOMPARE(line("rate")->text(), "1e-4");
    QCOMPARE(line("layers")->text(), "32, 16, 8");
    QCOMPARE(qobject_cast<QComboBox*>(m_form.field("kind")->editor())->currentText(), "k means");
    QVERIFY(qobject_cast<QCheckBox*>(m_form.field("norm")->editor())->isChecked());
  }

  void sendsWhatIsTyped_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("json");
    QTest::newRow("integer") << "count"
                             << "12"
                             << "12";
    QTest::newRow("rate") << "rate"
                          << "3e-5"
                          << "3e-05";
    QTest::newRow("list") << "layers"
                          << "64,64"
                          << "[64,64]";
  }
  void sendsWhatIsTyped() {
    QFETCH(QString, key);
    QFETCH(QString, text);
    QFETCH(QString, json);
    QSignalSpy edited(&m_form, &ParametersForm::edited);
    type(qPrintable(key), qPrintable(text));
    QCOMPARE(edited.count(), 1);
    QCOMPARE(edited[0][0].toString(), key);
    QCOMPARE(QString::fromStdString(edited[0][1].value<nlohmann::json>().dump()), json);
  }

  void refusesWhatIsOutOfRangeAndSaysWhy_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::newRow("too small") << "count"
                               << "0";
    QTest::newRow("too large") << "count"
                               << "300";
    QTest::newRow("no whole number") << "count"
                                     << "2.5";
    QTest::newRow("words") << "rate"
                           << "fast";
    QTest::newRow("nothing") << "rate"
                             << "";
    QTest::newRow("negative") << "rate"
                              << "-1";
    QTest::newRow("infinite") << "rate"
                              << "inf";
    QTest::newRow("list with a word") << "layers"
                                      << "32, x";
  }
  void refusesWhatIsOutOfRangeAndSaysWhy() {
    QFETCH(QString, key);
    QFETCH(QString, text);
    QSignalSpy edited(&m_form, &ParametersForm::edited);
    line(qPrintable(key))->clear();
    type(qPrintable(key), qPrintable(text));
    QCOMPARE(edited.count(), 0);
    ParameterField* field = m_form.field(key);
    QVERIFY2(field->problem().contains("expected"), qPrintable(field->problem()));
    QVERIFY(field->problemLabel()->isVisible());
    QCOMPARE(line(qPrintable(key))->text(), text);  // what was typed stays, to be mended
    QTest::keyClick(line(qPrintable(key)), Qt::Key_Escape);
    QVERIFY(field->problem().isEmpty());
  }

  void choicesAndBooleansSendTheirValue() {
    QSignalSpy edited(&m_form, &ParametersForm::edited);
    auto* combo = qobject_cast<QComboBox*>(m_form.field("kind")->editor());
    combo->setCurrentIndex(1);
    emit combo->activated(1);
    m_form.field("norm")->findChild<QCheckBox*>()->click();
    QCOMPARE(edited.count(), 2);
    QVERIFY(edited[0][1].value<nlohmann::json>() == "uniform");
    QVERIFY(edited[1][1].value<nlohmann::json>() == false);
  }

  void sharesAreChosenOrTyped() {
    QSignalSpy edited(&m_form, &ParametersForm::edited);
    auto* combo = qobject_cast<QComboBox*>(m_form.field("shares")->editor());
    QVERIFY(combo->isEditable());
    emit combo->activated(1);
    QCOMPARE(combo->currentText(), "equal");
    combo->lineEdit()->setText("1, 2, 0.5");
    QTest::keyClick(combo->lineEdit(), Qt::Key_Return);
    QCOMPARE(edited.count(), 2);
    QVERIFY(edited[0][1].value<nlohmann::json>() == "equal");
    QVERIFY(edited[1][1].value<nlohmann::json>() == (nlohmann::json{1.0, 2.0, 0.5}));
    QCOMPARE(combo->currentText(), "1, 2, 0.5");
    combo->lineEdit()->setText("1, -2");
    QTest::keyClick(combo->lineEdit(), Qt::Key_Return);
    QCOMPARE(edited.count(), 2);
    QVERIFY(m_form.field("shares")->problem().contains("expected free, equal, or a list of numbers"));
  }

  void textIsTakenAsItIs() {
    QSignalSpy edited(&m_form, &ParametersForm::edited);
    type("file", "/nets/a b.pt");
    QVERIFY(edited[0][1].value<nlohmann::json>() == "/nets/a b.pt");
  }

  /// A hand on the slider makes one change of many values.
  void theSliderGivesValuesAsItMoves() {
    m_form.setValue("kind", "uniform");
    QSlider* slider = m_form.field("power")->slider();
    QCOMPARE(slider->value(), 20);
    QSignalSpy edited(&m_form, &ParametersForm::edited);
    slider->setSliderDown(true);
    slider->setValue(30);
    slider->setValue(31);
    slider->setSliderDown(false);
    slider->setSliderDown(true);
    slider->setValue(40);
    slider->setSliderDown(false);
    QCOMPARE(edited.count(), 3);
    QCOMPARE(edited[0][1].value<nlohmann::json>().get<double>(), 2.5);
    QCOMPARE(edited[1][1].value<nlohmann::json>().get<double>(), 2.55);
    const bool continues[] = {edited[0][2].toBool(), edited[1][2].toBool(), edited[2][2].toBool()};
    QVERIFY(!continues[0] && continues[1] && !continues[2]);
    QCOMPARE(line("power")->text(), "3");
    // What the run says moves it and is no edit.
    m_form.setValue("power", 1.5);
    QCOMPARE(slider->value(), 10);
    QCOMPARE(edited.count(), 3);
  }

  void whatDoesNotCountIsGrey() {
    m_form.setValue("kind", "k_means");
    QVERIFY(!m_form.field("power")->isEnabled());
    m_form.setValue("kind", "uniform");
    QVERIFY(m_form.field("power")->isEnabled());
  }

  void arrowsStepRatesByFactors() {
    QSignalSpy edited(&m_form, &ParametersForm::edited);
    QTest::keyClick(line("rate"), Qt::Key_Up);
    QCOMPARE(line("rate")->text(), "3e-4");
    QTest::keyClick(line("rate"), Qt::Key_Up);
    QTest::keyClick(line("count"), Qt::Key_Down);
    QCOMPARE(line("count")->text(), "5");
    QCOMPARE(edited.count(), 3);
  }

  void saysThatChangesWaitForAReset() {
    QSignalSpy reset(&m_form, &ParametersForm::resetWanted);
    m_form.setWaiting(2);
    auto* footer = m_form.findChild<QLabel*>("resetFooter");
    QVERIFY(footer->text().contains("wait for a reset"));
    emit footer->linkActivated("reset");
    QCOMPARE(reset.count(), 1);
  }

  void everyMethodHasAFieldForEachParameter() {
    for (const MethodSpec& method : methods()) {
      ParametersForm form;
      form.setMethod(method, nlohmann::json::object());
      for (const ParameterSpec& parameter : method.parameters) {
        const ParameterField* field = form.field(QString::fromStdString(parameter.key));
        QVERIFY2(field, parameter.key.c_str());
        QVERIFY(!field->editor()->accessibleName().isEmpty());
      }
    }
  }

  void numbersAreShort_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << 0.0 << "0";
    QTest::newRow("rate") << 1e-4 << "1e-4";
    QTest::newRow("rate with digits") << 2.5e-3 << "2.5e-3";
    QTest::newRow("share") << 0.25 << "0.25";
    QTest::newRow("whole") << 600.0 << "600";
    QTest::newRow("large") << 1e6 << "1e6";
  }
  void numbersAreShort() {
    QFETCH(double, value);
    QTEST(shortNumber(value), "text");
  }
};

QTEST_MAIN(TestParametersForm)
#include "test_parameters_form.moc"
