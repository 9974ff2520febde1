// SPDX-License-Identifier: GPL-3.0-or-later
// Figures as files: exact pages, text as text, vectors as vectors, and errors that name what is wrong.
#include <QApplication>
#include <QBuffer>
#include <QImageReader>
#include <QPainter>
#include <QProcess>
#include <QStandardPaths>
#include <QSvgGenerator>
#include <QSvgRenderer>
#include <QTemporaryDir>

#include "core/base/error.h"
#include "golden.h"
#include "scenes.h"
#include "views/dots.h"
#include "views/figure.h"

using namespace monge;
using namespace monge::views;

namespace {

Scene wholeScene() {
  Scene scene = test::discScene();
  scene.history = test::history(400);
  return scene;
}

QByteArray contents(const QString& file) {
  QFile opened(file);
  return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
}

QByteArray outputOf(const QString& program, const QStringList& arguments) {
  QProcess process;
  process.start(program, arguments);
  process.waitForFinished();
  return process.readAllStandardOutput();
}

bool installed(const char* program) {
  return !QStandardPaths::findExecutable(QLatin1String(program)).isEmpty();
}

/// The message of the Error that `action` throws; empty when it throws none.
template <class Action>
std::string errorOf(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

bool says(const std::string& message, const char* words) {
  return message.find(words) != std::string::npos;
}

}  // namespace

class TestFigure : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  QString path(const QString& name) const { return m_folder.filePath(name); }

 private slots:
  void initTestCase() { QVERIFY(m_folder.isValid()); }

  void pngHasTheAskedPixelsAndResolution() {
    FigureSpec spec;
    spec.sizeMm = {50.8, 25.4};
    spec.dpi = 150;
    writeFigure(path("a.png"), wholeScene(), spec);
    const QImage image(path("a.png"));
    QCOMPARE(image.size(), QSize(300, 150));
    QCOMPARE(qRound(image.dotsPerMeterX() * 0.0254), 150);
    QVERIFY(!image.hasAlphaChannel());
    QCOMPARE(QColor(image.pixel(299, 149)).lightness() > 200, true);
  }

  void transparentPngHidesNothing() {
    FigureSpec spec;
    spec.transparent = true;
    spec.dpi = 100;
    spec.layers.set(Layer::Cells, false);
    writeFigure(path("clear.png"), wholeScene(), spec);
    const QImage image(path("clear.png"));
    QCOMPARE(qAlpha(image.pixel(image.width() - 1, 0)), 0);
    int opaque = 0;
    for (int x = 0; x < image.width(); ++x) opaque += qAlpha(image.pixel(x, image.height() / 3)) == 255;
    QVERIFY(opaque > 20);
  }

  void svgIsExactVectorAndText_data() { viewsAndWords(); }
  void svgIsExactVectorAndText() {
    QFETCH(QString, view);
    QFETCH(QStringList, words);
    FigureSpec spec;
    spec.view = view;
    spec.sizeMm = {85, 60.5};
    writeFigure(path("a.svg"), wholeScene(), spec);
    const QString svg = QString::fromUtf8(contents(path("a.svg")));
    QVERIFY2(svg.contains("width=\"85mm\" height=\"60.5mm\""), qPrintable(svg.left(400)));
    QVERIFY(!svg.contains("<image"));
    for (const QString& word : words)
      QVERIFY2(svg.contains(word + QStringLiteral("</text>")), qPrintable(word));
    QVERIFY(QSvgRenderer(path("a.svg")).isValid());
  }

  void pdfIsExactVectorAndText_data() { viewsAndWords(); }
  void pdfIsExactVectorAndText() {
    QFETCH(QString, view);
    QFETCH(QStringList, words);
    FigureSpec spec;
    spec.view = view;
    spec.sizeMm = {85, 60.5};
    writeFigure(path("a.pdf"), wholeScene(), spec);
    const QByteArray pdf = contents(path("a.pdf"));
    QVERIFY(!pdf.contains("/Subtype /Image"));
    QVERIFY(pdf.contains("/FontFile"));
    const qsizetype box = pdf.indexOf("/MediaBox [");
    const QList<QByteArray> corners =
        pdf.mid(box + 11, pdf.indexOf(']', box) - box - 11).simplified().split(' ');
    QCOMPARE(corners.size(), 4);
    QVERIFY(std::abs(corners[2].toDouble() - corners[0].toDouble() - 85 * 72 / 25.4) < 1e-3);
    QVERIFY(std::abs(corners[3].toDouble() - corners[1].toDouble() - 60.5 * 72 / 25.4) < 1e-3);
    if (!installed("pdftotext"))
      QSKIP("pdftotext is not installed (package poppler-utils): the words are not read back.");
    const QString text = QString::fromUtf8(outputOf("pdftotext", {path("a.pdf"), "-"}));
    for (const QString& word : words) QVERIFY2(text.contains(word), qPrintable(word + " not in:\n" + text));
  }

  /// The corrected table of offsets of a PDF is one that readers follow without repair.
  void pdfOffsetsAreRight() {
    FigureSpec spec;
    spec.sizeMm = {123.4, 77.7};
    writeFigure(path("b.pdf"), wholeScene(), spec);
    const QByteArray pdf = contents(path("b.pdf"));
    const qsizetype mark = pdf.lastIndexOf("startxref");
    const qsizetype table = pdf.mid(mark + 9).simplified().split(' ').value(0).toLongLong();
    QCOMPARE(pdf.mid(table, 4), QByteArray("xref"));
    const QList<QByteArray> lines = pdf.mid(table, pdf.indexOf("trailer", table) - table).split('\n');
    int objects = 0;
    for (qsizetype i = 3; i < lines.size(); ++i) {
      if (!lines[i].contains(" n")) continue;
      const QByteArray header = QByteArray::number(i - 2) + " 0 obj";
      QCOMPARE(pdf.mid(lines[i].left(10).toLongLong(), header.size()), header);
      ++objects;
    }
    QVERIFY(objects > 5);
  }

  /// One painter for screen and paper: the SVG looks as the PNG does.
  void formatsAgree() {
    FigureSpec spec;
    spec.sizeMm = {100, 70};
    spec.dpi = 144;
    writeFigure(path("c.png"), wholeScene(), spec);
    writeFigure(path("c.svg"), wholeScene(), spec);
    const QImage png(path("c.png"));
    QImage svg(png.size(), QImage::Format_RGB32);
    svg.fill(Qt::white);
    QPainter painter(&svg);
    QSvgRenderer(path("c.svg")).render(&painter, QRectF(svg.rect()));
    painter.end();
    const double difference =
        test::largestWindowDifference(png.convertToFormat(QImage::Format_RGB32), svg, 48);
    if (difference > 12) svg.save(QStringLiteral(MONGE_TEST_OUTPUT "/figure-svg.png"));
    QVERIFY2(difference <= 12, qPrintable(QString::number(difference)));
  }

  /// Where translucent dots lie on each other they add up, on a raster and in vectors alike.
  void translucentDotsAddUp() {
    const auto middle = [](int count, bool vector) {
      QColor color(Qt::black);
      color.setAlphaF(0.5f);
      const std::vector<DotGroup> groups{
          {color, std::vector<QPointF>(static_cast<std::size_t>(count), {20, 20})}};
      QImage image(40, 40, QImage::Format_RGB32);
      image.fill(Qt::white);
      QPainter painter(&image);
      if (!vector) {
        paintDots(painter, QRectF(image.rect()), groups, 8);
        return qRed(image.pixel(20, 20));
      }
      QBuffer svg;
      QSvgGenerator generator;
      generator.setOutputDevice(&svg);
      generator.setViewBox(QRectF(0, 0, 40, 40));
      QPainter onto(&generator);
      paintDots(onto, QRectF(0, 0, 40, 40), groups, 8);
      onto.end();
      QSvgRenderer(svg.data()).render(&painter, QRectF(image.rect()));
      return qRed(image.pixel(20, 20));
    };
    for (const bool vector : {false, true}) {
      QVERIFY2(std::abs(middle(1, vector) - 127) <= 2, qPrintable(QString::number(middle(1, vector))));
      QVERIFY2(std::abs(middle(2, vector) - 63) <= 3, qPrintable(QString::number(middle(2, vector))));
    }
  }

  void boxIsShownWhole() {
    FigureSpec spec;
    spec.sizeMm = {100, 50};
    spec.box = Box2{-1, 0, 1, 1};
    const Box2 box = figureBox(wholeScene(), spec);
    QVERIFY(std::abs(box.xMin + 1) < 1e-9 && std::abs(box.xMax - 1) < 1e-9);
    QVERIFY(std::abs(box.yMin) < 1e-9 && std::abs(box.yMax - 1) < 1e-9);
  }

  void sizesAreRead() {
    QCOMPARE(parseFigureSize("120x90mm", 300), QSizeF(120, 90));
    QCOMPARE(parseFigureSize("4 x 3 in", 300), QSizeF(101.6, 76.2));
    QCOMPARE(parseFigureSize("1200x900px", 300).width(), 101.6);
    for (const char* text : {"", "120", "120x90", "axbmm", "-3x4mm", "120x90furlongs"}) {
      QVERIFY2(says(errorOf([&] { parseFigureSize(text, 300); }), "figure size"), text);
    }
  }

  void badSpecsAreNamed() {
    const auto with = [&](auto change, const QString& file = "bad.png") {
      FigureSpec spec;
      change(spec);
      return errorOf([&] { writeFigure(path(file), wholeScene(), spec); });
    };
    QVERIFY(says(with([](FigureSpec& s) { s.view = "sculpture"; }), "sculpture; expected tessellation"));
    QVERIFY(says(with([](FigureSpec& s) { s.sizeMm = {0, 90}; }), "figure size: 0 mm"));
    QVERIFY(says(with([](FigureSpec& s) { s.sizeMm = {1e9, 90}; }), "5 to 5000 mm"));
    QVERIFY(says(with([](FigureSpec& s) { s.sizeMm = {std::nan(""), 90}; }), "NaN mm"));
    QVERIFY(says(with([](FigureSpec& s) {
                   s.sizeMm = {4000, 4000};
                   s.dpi = 1200;
                 }),
                 "250 million pixels"));
    QVERIFY(says(with([](FigureSpec& s) { s.dpi = 0; }), "resolution"));
    QVERIFY(says(with([](FigureSpec& s) { s.fontPt = 0; }), "font size: 0 pt"));
    QVERIFY(says(with([](FigureSpec& s) { s.box = Box2{1, 0, -1, 1}; }), "x0 < x1"));
    QVERIFY(says(with([](FigureSpec&) {}, "bad.gif"), "suffix .gif; expected .png, .svg or .pdf"));
    QVERIFY(says(with([](FigureSpec&) {}, "bad"), "no suffix"));
    QVERIFY(QDir(m_folder.path()).entryList({"bad*"}).isEmpty());
  }

  void foldersThatCannotBeWritten() {
    const std::string missing = errorOf([&] { writeFigure(path("nowhere/a.pdf"), wholeScene(), {}); });
    QVERIFY2(says(missing, "nowhere/a.pdf"), missing.c_str());
    QDir(m_folder.path()).mkdir("taken.pdf");
    QVERIFY(says(errorOf([&] { writeFigure(path("taken.pdf"), wholeScene(), {}); }), "taken.pdf"));
    QVERIFY(QFileInfo(path("taken.pdf")).isDir());
  }

  void anEmptySceneIsAPage() {
    for (const QString& view : figureViews()) {
      FigureSpec spec;
      spec.view = view;
      writeFigure(path("empty.pdf"), Scene{}, spec);
      QVERIFY(contents(path("empty.pdf")).startsWith("%PDF"));
    }
  }

 private:
  static void viewsAndWords() {
    QTest::addColumn<QString>("view");
    QTest::addColumn<QStringList>("words");
    QTest::newRow("tessellation") << "tessellation" << QStringList{"y", "−1"};
    QTest::newRow("metrics") << "metrics" << QStringList{"Losses", "Coverage and precision"};
    QTest::newRow("samples") << "samples" << QStringList{"Generator 1"};
  }
};

QTEST_MAIN(TestFigure)
#include "test_figure.moc"
