// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <algorithm>
#include <map>
#include <utility>

#include "app/window/figure_form.h"
#include "app/window/transport/transport_command.h"
#include "app/window/transport/transport_documents.h"

namespace monge {
namespace {

QString viewName(const QString& view) {
  using Dialog = TransportExportDialog;
  static const std::map<QString, QString> names{{"cells", Dialog::tr("Power cells")},
                                                {"singular", Dialog::tr("Singular set")},
                                                {"potential", Dialog::tr("Potential")},
                                                {"dual", Dialog::tr("Legendre dual")},
                                                {"panels", Dialog::tr("All four")},
                                                {"triangulation", Dialog::tr("Triangulation")},
                                                {"ridges", Dialog::tr("Ridges of the potential")},
                                                {"facets", Dialog::tr("Facets")}};
  return names.at(view);
}

bool hasHeights(const QString& view) {
  return view == QLatin1String("potential") || view == QLatin1String("dual") ||
         view == QLatin1String("ridges");
}

QString sourceOf(const TransportSnapshot& moment) {
  const TransportDocument* preset = transportPreset(QString::fromStdString(moment.name));
  return preset ? preset->id : QStringLiteral("DIR");
}

}  // namespace

TransportExportDialog::TransportExportDialog(TransportSnapshotPtr moment, TransportFigure initial,
                                             QWidget* parent)
    : OutputDialog(initial.spec, sourceOf(*moment), parent),
      m_moment(std::move(moment)),
      m_start(std::move(initial)) {
  m_start.rule.by = static_cast<SingularRule::By>(m_moment->rule.by);  // in the same order
  m_start.rule.threshold = m_moment->rule.threshold;
  m_view = new QComboBox;
  for (const QString& view : transportExports()) m_view->addItem(viewName(view), view);
  m_view->setCurrentIndex(std::max(0, m_view->findData(m_start.spec.view)));
  m_colour = new QComboBox;
  m_colour->addItems({tr("Site"), tr("Mass"), tr("Mass error"), tr("Largest jump")});
  m_colour->setCurrentIndex(static_cast<int>(m_start.colour));
  m_trueHeights = new QCheckBox(tr("Heights as they are"));
  m_trueHeights->setChecked(!m_start.meshHeight);
  form().rows()->insertRow(0, tr("View"), m_view);
  form().rows()->insertRow(2, tr("Colour"), m_colour);
  form().rows()->addRow(QString(), m_trueHeights);
  connect(m_view, &QComboBox::currentIndexChanged, this, &TransportExportDialog::viewChanged);
  connect(m_colour, &QComboBox::currentIndexChanged, this, &TransportExportDialog::changed);
  connect(m_trueHeights, &QCheckBox::toggled, this, &TransportExportDialog::changed);
  viewChanged();
}

TransportFigure TransportExportDialog::figure() const {
  TransportFigure figure = m_start;
  figure.spec = form().appliedTo(m_start.spec);
  figure.spec.view = m_view->currentData().toString();
  figure.colour = static_cast<views::CellColour>(m_colour->currentIndex());
  figure.meshHeight.reset();
  if (!m_trueHeights->isChecked()) figure.meshHeight = m_start.meshHeight.value_or(m_start.height);
  return figure;
}

/// The formats are the view's own.
void TransportExportDialog::viewChanged() {
  setFormats(transportFormats(m_view->currentData().toString()));
  changed();
}

void TransportExportDialog::enableControls() {
  const QString view = m_view->currentData().toString();
  form().axesBox()->setEnabled(isPicture() && !hasHeights(view));
  m_colour->setEnabled(isPicture() || isScene());
  m_trueHeights->setEnabled(isMesh() && hasHeights(view));
}

views::PagePainter TransportExportDialog::painter() const {
  const TransportFigure now = figure();
  if (!transportViews().contains(now.spec.view)) return {};
  return [moment = m_moment, now](QPainter& painter, const QRectF& page) {
    paintTransportFigure(painter, page, *moment, now);
  };
}

std::function<std::string(const QString&)> TransportExportDialog::writer() const {
  return [moment = m_moment, now = figure()](const QString& file) {
    return transportFileBytes(file, *moment, now);
  };
}

QString TransportExportDialog::commandFor(const QString& source, const QString& file) const {
  return transportCommand(source, file, figure());
}

}  // namespace monge
