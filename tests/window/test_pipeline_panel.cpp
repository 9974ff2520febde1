// SPDX-License-Identifier: GPL-3.0-or-later
// The diagram of the method: which node is lit, and which are there.
#include <QSignalSpy>
#include <QTest>

#include "app/window/pipeline_panel.h"

using namespace monge;

namespace {

QImage pictureOf(PipelineDiagram& diagram) {
  return diagram.grab().toImage().convertToFormat(QImage::Format_RGB32);
}

/// Box around the pixels that differ.
QRect changed(const QImage& before, const QImage& after) {
  QRect box;
  for (int y = 0; y < before.height(); ++y)
    for (int x = 0; x < before.width(); ++x)
      if (before.pixel(x, y) != after.pixel(x, y)) box |= QRect(x, y, 1, 1);
  return box;
}

}  // namespace

class TestPipelinePanel : public QObject {
  Q_OBJECT

 private slots:
  void eachPhaseLightsItsNode_data() {
    QTest::addColumn<QString>("phase");
    QTest::addColumn<QRectF>("where");  // in shares of the diagram
    QTest::newRow("sample") << "sample" << QRectF(0, 0, 0.35, 0.5);
    QTest::newRow("critic") << "critic" << QRectF(0.65, 0, 0.35, 0.7);
    QTest::newRow("dual") << "dual" << QRectF(0, 0.7, 0.35, 0.3);
    QTest::newRow("assign") << "assign" << QRectF(0.3, 0.7, 0.35, 0.3);
    QTest::newRow("prototype") << "prototype" << QRectF(0.65, 0.7, 0.35, 0.3);
  }
  void eachPhaseLightsItsNode() {
    QFETCH(QString, phase);
    QFETCH(QRectF, where);
    PipelineDiagram diagram;
    diagram.setGenerators({0, 1, 2, 3});
    diagram.setFixedMasses(true);
    diagram.resize(236, diagram.sizeHint().height());
    const QImage before = pictureOf(diagram);
    diagram.setPhase(phase);
    const QRect box = changed(before, pictureOf(diagram));
    QVERIFY(box.width() > 30 && box.height() > 15);
    const QRectF place(where.x() * 236, where.y() * diagram.height(), where.width() * 236,
                       where.height() * diagram.height());
    QVERIFY(place.contains(QRectF(box)));
  }

  /// Free masses have no dual weights to solve for, and no node for it.
  void theDualIsThereWithFixedMassesAlone() {
    PipelineDiagram diagram;
    diagram.setGenerators({0, 1});
    diagram.resize(236, diagram.sizeHint().height());
    const QImage free = pictureOf(diagram);
    diagram.setFixedMasses(true);
    QVERIFY(diagram.accessibleName().contains("dual"));
    QVERIFY(changed(free, pictureOf(diagram)).width() > 30);
    diagram.setFixedMasses(false);
    QCOMPARE(pictureOf(diagram), free);
  }

  void theMouseNamesTheGenerator() {
    PipelineDiagram diagram;
    diagram.setGenerators({7, 3});
    diagram.resize(236, diagram.sizeHint().height());
    diagram.show();
    QSignalSpy hovered(&diagram, &PipelineDiagram::generatorHovered),
        clicked(&diagram, &PipelineDiagram::generatorClicked);
    QTest::mouseMove(&diagram, QPoint(115, 41));
    QCOMPARE(hovered.size(), 1);
    QCOMPARE(hovered[0][0].toInt(), 3);
    QTest::mouseClick(&diagram, Qt::LeftButton, {}, QPoint(115, 41));
    QCOMPARE(clicked[0][0].toInt(), 3);
    QTest::mouseMove(&diagram, QPoint(115, 70));
    QCOMPARE(hovered.last()[0].toInt(), -1);
  }
};

QTEST_MAIN(TestPipelinePanel)
#include "test_pipeline_panel.moc"
