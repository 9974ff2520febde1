// SPDX-License-Identifier: GPL-3.0-or-later
// Pages of PDF in fewer words: each rule by itself, and whole pages that look as they did.
#include <QGuiApplication>
#include <QImage>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtEndian>
#include <QtTest>

#include "core/base/error.h"
#include "core/base/files.h"
#include "tests/views/golden.h"
#include "views/page_formats.h"
#include "views/pdf_content.h"
#include "views/pdf_file.h"
#include "views/vector_pen.h"

using namespace monge;
using namespace monge::views;

namespace {

/// The content of the one page, unpacked.
QByteArray contentOf(const QByteArray& pdf) {
  for (qsizetype at = pdf.indexOf("stream\n"); at >= 0; at = pdf.indexOf("stream\n", at + 1)) {
    const qsizetype end = pdf.indexOf("\nendstream", at);
    QByteArray packed(4, '\0');
    qToBigEndian(static_cast<quint32>(end - at), packed.data());
    const QByteArray content = qUncompress(packed + pdf.mid(at + 7, end - at - 7));
    if (content.contains(" cm\n")) return content;
  }
  return {};
}

/// Polygons with translucent edges upon each other, lines, dots, words.
void paintSample(QPainter& painter, const QRectF& page) {
  painter.fillRect(page, Qt::white);
  QColor edge(40, 20, 90);
  edge.setAlphaF(0.4f);
  painter.setPen(vectorPen(painter, QPen(edge, 6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin)));
  painter.setBrush(QColor(250, 200, 80));
  painter.drawPolygon(QPolygonF{{20, 20}, {120, 30}, {100, 110}, {30, 90}});
  painter.setBrush(QColor(90, 180, 220));
  painter.drawPolygon(QPolygonF{{70, 60}, {180, 50}, {190, 120}, {90, 130}});
  painter.setPen(QPen(Qt::darkGreen, 3));
  painter.drawLines({QLineF(10, 140, 190, 140), QLineF(10, 145, 190, 135)});
  painter.setPen(vectorPen(painter, QPen(edge, 12, Qt::SolidLine, Qt::RoundCap)));
  painter.drawLine(QPointF(40, 60), QPointF(160, 100));
  painter.drawLine(QPointF(160, 60), QPointF(40, 100));
  painter.setPen(Qt::black);
  painter.drawText(QPointF(20, 158), QStringLiteral("words (in brackets)"));
}

FigureSpec sampleSpec() {
  FigureSpec spec;
  spec.sizeMm = QSizeF(200, 160) * 25.4 / 72;
  spec.dpi = 144;
  return spec;
}

}  // namespace

class TestPdfContent : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { test::useGoldenFont(); }

  void rules_data() {
    QTest::addColumn<QByteArray>("page");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, const char* page, const char* expected) {
      QTest::newRow(name) << QByteArray(page) << QByteArray(expected);
    };
    row("decimals", "/GSa gs 1.23456 2.00000 m -0.001 33.3333 l S", "/GSa gs\n1.23 2 m\n0 33.33 l\nS\n");
    row("decimals by scale", "0.06 0 0 -0.06 0 425 cm /GSa gs 1 w 123.456 7 m 9 10.04 l S",
        "0.06 0 0 -0.06 0 425 cm\n/GSa gs\n1 w\n/Stroke255 gs\n123.5 7 m\n9 10 l\nS\n");
    row("colours", "/CSp cs 0.680000001 1 0.5 scn /GSa gs 0 0 m 9 9 l f",
        "/GSa gs\n/CSp cs 0.68 1 0.5 scn\n0 0 m\n9 9 l\nf\n");
    row("what is set is set once",
        "/CSp cs 1 scn 0 0 m 9 9 l f /CSp cs 1 scn 5 5 m 7 7 l f /CSp cs 0 scn 5 5 m 7 7 l f",
        "/CSp cs 1 scn\n0 0 m\n9 9 l\nf\n5 5 m\n7 7 l\nf\n0 scn\n5 5 m\n7 7 l\nf\n");
    row("what is never used is not set",
        "/CSp CS 1 SCN 4 w 2 J 2 j []0 d q Q q /CSp cs 0 scn Q 0 0 5 5 re W* n", "0 0 5 5 re\nW*\nn\n");
    row("what a restore brings back", "1 w q 2 w 0 0 m 9 9 l S Q 0 0 m 9 9 l S",
        "q\n2 w\n/Stroke255 gs\n0 0 m\n9 9 l\nS\nQ\n1 w\n/Stroke255 gs\n0 0 m\n9 9 l\nS\n");
    row("strokes of one kind are one path", "1 w 0 0 m 9 9 l S 1 w 5 5 m 6 7 l S 2 w 1 1 m 2 2 l S",
        "1 w\n/Stroke255 gs\n0 0 m\n9 9 l\n5 5 m\n6 7 l\nS\n2 w\n1 1 m\n2 2 l\nS\n");
    row("a closed path", "0 0 m 9 0 l 9 9 l 0 0 l h f", "0 0 m\n9 0 l\n9 9 l\nh\nf\n");
    row("a dot stays a line", "1 w 5.001 5 m 5.003 5 l S", "1 w\n/Stroke255 gs\n5 5 m\n5.003 5 l\nS\n");
    row("translucent lines", "0 SCN 1 w 1 J 1128 M 0 j []0 d 0 0 m 9 9 l S 1 w 1128 M 0 j 1 1 m 2 2 l S",
        "0 SCN\n1 w\n1 J\n1 j\n[] 0 d\n/Stroke128 gs\n0 0 m\n9 9 l\nS\n1 1 m\n2 2 l\nS\n");
    row("opaque again", "1 w 1128 M 0 j 0 0 m 9 9 l S 2 w 2 M 0 j 1 1 m 2 2 l S",
        "1 w\n1 j\n/Stroke128 gs\n0 0 m\n9 9 l\nS\n2 w\n0 j\n2 M\n/Stroke255 gs\n1 1 m\n2 2 l\nS\n");
    row("a graphics state forgets", "/GSa gs 1 w 1128 M 0 j 0 0 m 9 9 l S /GState7 gs 1 1 m 2 2 l S",
        "/GSa gs\n1 w\n1 j\n/Stroke128 gs\n0 0 m\n9 9 l\nS\n/GState7 gs\n/Stroke128 gs\n1 1 m\n2 2 l\nS\n");
    row("a translucent rim lies upon its fill", "1 scn 0 SCN 1 w 1064 M 0 j 0 0 m 9 0 l 9 9 l h B*",
        "1 scn\n0 0 m\n9 0 l\n9 9 l\nh\nf*\n0 SCN\n1 w\n1 j\n/Stroke64 gs\n0 0 m\n9 0 l\n9 9 l\nh\nS\n");
    row("words", "BT /F9 12.0001 Tf (a \\) (b) [c) Tj <00 41> Tj [(x) -20 (])] TJ ET",
        "BT\n/F9 12.0001 Tf\n(a \\) (b) [c) Tj\n<00 41> Tj\n[(x) -20 (])] TJ\nET\n");
  }
  void rules() {
    QFETCH(QByteArray, page);
    QFETCH(QByteArray, expected);
    const PdfContent once = compactContent(page);
    QCOMPARE(once.text, expected);
    for (const int opacity : once.opacities) QVERIFY(once.text.contains(opacityName(opacity) + " gs"));
  }

  void whatIsNoPageIsRefused() {
    for (const char* page : {"(abc", "[1 2", "<00", "Q"})
      QVERIFY_THROWS_EXCEPTION(Error, compactContent(page));
    for (const char* file : {"", "%PDF-1.4\n", "%PDF-1.4\nxref\n0 0\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"})
      QVERIFY_THROWS_EXCEPTION(Error, finishedPdf(file, {10, 10}));
  }

  /// A translucent line is a line in the file: no curve of an outline is in it.
  void translucentLinesAreLines() {
    const QByteArray pdf = pdfPage(sampleSpec(), [](QPainter& painter, const QRectF&) {
      QColor colour(Qt::black);
      colour.setAlpha(102);
      painter.setPen(vectorPen(painter, QPen(colour, 3, Qt::SolidLine, Qt::RoundCap)));
      painter.drawLine(QPointF(10, 10), QPointF(100, 80));
    });
    const QByteArray content = contentOf(pdf);
    QVERIFY2(content.contains("\n/Stroke102 gs\n10 10 m\n100 80 l\nS\n"), content.constData());
    QVERIFY(!content.contains(" c\n") && !content.contains(" M\n"));
    QVERIFY(pdf.contains("/Stroke102 << /CA 0.4000 >>"));
  }

  void otherDevicesKeepTheirPens() {
    QImage image(10, 10, QImage::Format_ARGB32_Premultiplied);
    QPainter painter(&image);
    const QPen pen(QColor(0, 0, 0, 99), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    QCOMPARE(vectorPen(painter, pen), pen);
  }

  /// What the file shows, by a reader that has nothing of Qt, against the picture.
  void thePageLooksAsThePicture() {
    if (QStandardPaths::findExecutable("pdftoppm").isEmpty())
      QSKIP("pdftoppm is not installed (package poppler-utils): the page is not looked at.");
    QTemporaryDir folder;
    const QString file = folder.filePath("page.pdf");
    const QByteArray pdf = pdfPage(sampleSpec(), paintSample);
    writeFileAtomically(file.toStdString(), pdf.toStdString());
    QCOMPARE(
        QProcess::execute("pdftoppm", {"-r", "144", "-png", "-singlefile", file, folder.filePath("page")}),
        0);
    const QImage page(folder.filePath("page.png"));
    const QImage picture = QImage::fromData(pngPage(sampleSpec(), paintSample));
    QCOMPARE(page.size(), picture.size());
    // Letters and edges differ by renderer; a rim that hides its fill or is of another opacity, by far more.
    const double difference = test::largestWindowDifference(page, picture, 24);
    if (difference > 12) page.save(QStringLiteral(MONGE_TEST_OUTPUT "/pdf-page.png"));
    QVERIFY2(difference <= 12, qPrintable(QString::number(difference)));
  }
};

QTEST_MAIN(TestPdfContent)
#include "test_pdf_content.moc"
