// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <clocale>
#include <locale>

#include "core/base/error.h"
#include "core/data/choices.h"
#include "core/data/readers.h"
#include "files_on_disk.h"

using namespace monge;

class TestCsv : public QObject {
  Q_OBJECT

 private:
  Folder m_folder;

  Dataset read(const std::string& text, const std::string& labels = "", const std::string& name = "a.csv") {
    return readDataset(m_folder.write(name, text), {labels, ""});
  }

  /// The message without the folder in front of the file's name.
  QString refusal(const std::string& text, const std::string& labels = "") {
    try {
      read(text, labels);
    } catch (const Error& error) {
      return QString(error.what()).remove(QString::fromStdString(m_folder.path("").string()));
    }
    return "accepted";
  }

 private slots:
  void readsEveryLayout_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("commas") << QByteArray("1,2.5\n-3,4e2\n");
    QTest::newRow("no last newline") << QByteArray("1,2.5\n-3,4e2");
    QTest::newRow("header") << QByteArray("x,y\n1,2.5\n-3,4e2\n");
    QTest::newRow("semicolons") << QByteArray("1;2.5\n-3;4e2\n");
    QTest::newRow("tabs") << QByteArray("1\t2.5\n-3\t4e2\n");
    QTest::newRow("blanks") << QByteArray("  1   2.5 \n-3 4e2\n");
    QTest::newRow("blanks and a tab") << QByteArray("1 2.5\n-3\t4e2\n");
    QTest::newRow("blanks around commas") << QByteArray(" 1 , 2.5\n-3 ,4e2 \n");
    QTest::newRow("CRLF") << QByteArray("x,y\r\n1,2.5\r\n-3,4e2\r\n");
    QTest::newRow("byte order mark") << QByteArray(
        "\xEF\xBB\xBF"
        "1,2.5\n-3,4e2\n");
    QTest::newRow("comments") << QByteArray("# drawn by hand\n1,2.5\n  # more\n-3,4e2\n#\n");
    QTest::newRow("empty lines") << QByteArray("\n1,2.5\n\n \n-3,4e2\n\n");
    QTest::newRow("quotes") << QByteArray("\"x, cm\",\"y \"\"up\"\"\"\n\"1\",\"2.5\"\n\"-3\" ,4e2\n");
    QTest::newRow("scientific") << QByteArray("1E0,0.25e+1\n-0.3e1,4.0E+02\n");
    QTest::newRow("plus signs") << QByteArray("+1,+2.5\n-3,+4e2\n");
  }
  void readsEveryLayout() {
    QFETCH(QByteArray, text);
    const Dataset set = read(text.toStdString());
    QCOMPARE(set.rows, (RowsF(2, 2) << 1, 2.5f, -3, 400).finished());
  }

  void keepsTheNamesOfColumns() {
    const Dataset set = read("\"x, cm\",\"y \"\"up\"\"\"\n1,2\n3,4\n");
    QCOMPARE(set.columns, (std::vector<std::string>{"x, cm", "y \"up\""}));
    QCOMPARE(set.name, std::string("a"));
    QCOMPARE(set.provenance, m_folder.path("a.csv").string());
    QVERIFY(read("1,2\n3,4\n").columns.empty());
  }

  void readsOneColumn() { QCOMPARE(read("1\n2\n3\n").rows, (RowsF(3, 1) << 1, 2, 3).finished()); }

  void readsOtherExtensions() {
    for (const char* name : {"a.tsv", "a.txt", "A.CSV"})
      QCOMPARE(read("1\t2\n3\t4\n", "", name).dimension(), 2);
  }

  void takesLabelsOut() {
    const Dataset set = read("x,class,y\n1,7,2\n3,-1,4\n", "class");
    QCOMPARE(set.rows, (RowsF(2, 2) << 1, 2, 3, 4).finished());
    QCOMPARE(set.labels, (std::vector<int>{7, -1}));
    QCOMPARE(set.columns, (std::vector<std::string>{"x", "y"}));
  }

  void labelsMayBeNames() {
    const Dataset set = read("species,x\n\"wild \"\"cat\"\"\",1\n7,2\ndog,3\n7,4\n", "species");
    QCOMPARE(set.labels, (std::vector<int>{0, 1, 2, 1}));
    QCOMPARE(set.classes, (std::vector<std::string>{"wild \"cat\"", "7", "dog"}));
    QCOMPARE(set.labelText(0), std::string("wild \"cat\""));
    QCOMPARE(set.labelText(3), std::string("3"));
    writeCsv(m_folder.path("named.csv"), set);
    const Dataset again = readCsv(m_folder.path("named.csv"), {"label", ""});
    QCOMPARE(again.labels, set.labels);
    QCOMPARE(again.classes, set.classes);
    QCOMPARE(refusal("x,kind\n1,cat\n2,\n", "kind"),
             QString("a.csv, line 3, column 2: an empty cell; expected a label: a whole number or a name"));
  }

  void aWordAmongCoordinatesPointsToTheLabels() {
    QCOMPARE(
        refusal("x,kind\n1,cat\n2,dog\n"),
        QString("a.csv, line 2, column 2: \"cat\"; expected a number, e.g. -1.5e-3, or a column named as "
                "the labels"));
  }

  void choicesAreReadFromTheNamesAndTheFirstRow() {
    const auto choices = [&](const std::string& text) { return dataChoices(m_folder.write("a.csv", text)); };
    QVERIFY(!choices("1,2\n3,4\n").isOpen());
    QVERIFY(!choices("x,y\n3,4\n").isOpen());
    QVERIFY(!choices("").isOpen());
    QVERIFY(!dataChoices(m_folder.path("absent.csv")).isOpen());
    const DataChoices word = choices("x,kind\n1,cat\n");
    QVERIFY(word.isOpen());
    QCOMPARE(word.labels, (std::vector<std::string>{"x", "kind"}));
    QCOMPARE(word.suggested.labels, std::string("kind"));
    QCOMPARE(choices("x,Label,y\n1,2,3\n").suggested.labels, std::string("Label"));
  }

  // C.UTF-8 is everywhere but writes a point; a comma can only be had for C++ streams without installing a
  // language.
  void readsAndWritesTheSameInEveryLocale() {
    struct Comma : std::numpunct<char> {
      char do_decimal_point() const override { return ','; }
    };
    const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");
    const std::locale old = std::locale::global(std::locale(std::locale::classic(), new Comma));
    const Dataset set = read("1.5,2\n3,4\n");
    writeCsv(m_folder.path("out.csv"), set);
    const Dataset again = readCsv(m_folder.path("out.csv"));
    const std::string step = scaleValues(set, 0, 2.5, 0, 1).provenance;
    std::locale::global(old);
    if (german) std::setlocale(LC_ALL, "C");
    QCOMPARE(set.rows, (RowsF(2, 2) << 1.5f, 2, 3, 4).finished());
    QCOMPARE(again.rows, set.rows);
    QVERIFY(QString::fromStdString(step).endsWith("a.csv, values [0, 2.5] to [0, 1]"));
  }

  void refusesBadInput_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const QByteArray& text, const QString& message) {
      QTest::newRow(name) << text << message;
    };
    row("empty", "", "a.csv: the file is empty; expected points, one a line");
    row("comments alone", "# nothing\n\n", "a.csv: no points; expected points, one a line");
    row("header alone", "x,y\n", "a.csv: 0 points; expected at least 2 points");
    row("one point", "1,2\n", "a.csv: 1 point; expected at least 2 points");
    row("equal points", "1,2\n1,2\n1,2\n",
        "a.csv: all 3 points are equal; expected at least 2 different points");
    row("text cell", "x,y\n1,2\n3,four\n",
        "a.csv, line 3, column 2: \"four\"; expected a number, e.g. -1.5e-3, or a column named as the "
        "labels");
    row("text in the first line", "1,two\n3,4\n",
        "a.csv, line 1, column 2: \"two\"; expected a number, e.g. -1.5e-3");
    row("number with a tail", "1,2\n3,4x\n",
        "a.csv, line 2, column 2: \"4x\"; expected a number, e.g. -1.5e-3");
    row("second header", "x,y\na,b\n1,2\n",
        "a.csv, line 2, column 1: \"a\"; expected a number, e.g. -1.5e-3, or a column named as the labels");
    row("empty cell", "1,2\n3,\n", "a.csv, line 2, column 2: an empty cell; expected a number, e.g. -1.5e-3");
    row("decimal comma", "1,5;2\n3;4\n",
        "a.csv, line 1, column 1: \"1,5\" with a decimal comma; expected a number, e.g. -1.5e-3");
    row("short row", "1,2\n\n3\n", "a.csv, line 3: 1 cell; expected 2 as in the lines before");
    row("long row", "x,y\n1,2,3\n", "a.csv, line 2: 3 cells; expected 2 as in the lines before");
    row("NaN", "1,2\n3,nan\n",
        "a.csv, line 2, column 2: \"nan\"; expected a finite number in single precision");
    row("NaN at the start", "NaN,2\n3,4\n",
        "a.csv, line 1, column 1: \"NaN\"; expected a finite number in single precision");
    row("infinity", "1,2\n-inf,4\n",
        "a.csv, line 2, column 1: \"-inf\"; expected a finite number in single precision");
    row("too large", "1,2\n3,1e39\n",
        "a.csv, line 2, column 2: \"1e39\"; expected a finite number in single precision");
    row("far too large", "1,2\n3,1e999\n",
        "a.csv, line 2, column 2: \"1e999\"; expected a finite number in single precision");
    row("open quote", "1,2\n\"3,4\n",
        "a.csv, line 2, column 1: a quote that is not closed; expected the closing quote on the same line");
    row("text after a quote", "1,2\n\"3\"x,4\n",
        "a.csv, line 2, column 1: text after the closing quote; expected a separator or the end of the line");
    row("binary", QByteArray("1,2\n\0\0\0", 7), "a.csv: binary data; expected text in UTF-8 or ASCII");
    row("UTF-16",
        QByteArray("\xFF\xFE"
                   "1\0,\0",
                   6),
        "a.csv: UTF-16 text; expected text in UTF-8 or ASCII");
    row("long text", "1," + QByteArray(60, 'x') + "\n",
        "a.csv, line 1, column 2: \"" + QString(40, 'x') + "...\"; expected a number, e.g. -1.5e-3");
  }
  void refusesBadInput() {
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    QCOMPARE(refusal(text.toStdString()), message);
  }

  void refusesBadLabels() {
    QCOMPARE(refusal("x,y\n1,2\n3,4\n", "class"),
             QString("a.csv: no column \"class\"; expected one of \"x\", \"y\""));
    QCOMPARE(refusal("1,2\n3,4\n", "class"),
             QString("a.csv: no column \"class\"; expected a header that names it"));
    QCOMPARE(refusal("x,class\n1,2\n3,4.5\n", "class"),
             QString("a.csv, line 3, column 2: label 4.5; expected an integer"));
    QCOMPARE(refusal("class\n1\n2\n", "class"), QString("a.csv: 0 points; expected at least 2 points"));
  }

  void writesWhatItReads() {
    Dataset set;
    set.rows = (RowsF(2, 2) << 0.1f, 1e-30f, -3, 16777217.0f).finished();
    writeCsv(m_folder.path("plain.csv"), set);
    QCOMPARE(readCsv(m_folder.path("plain.csv")).rows, set.rows);
    set.columns = {"x, cm", "the \"y\""};
    set.labels = {3, -4};
    writeCsv(m_folder.path("full.csv"), set);
    const Dataset again = readCsv(m_folder.path("full.csv"), {"label", ""});
    QCOMPARE(again.rows, set.rows);
    QCOMPARE(again.columns, set.columns);
    QCOMPARE(again.labels, set.labels);
  }
};

QTEST_APPLESS_MAIN(TestCsv)
#include "test_csv.moc"
