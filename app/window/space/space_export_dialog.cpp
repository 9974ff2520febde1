// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/space/space_export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <utility>

#include "app/window/figure_form.h"
#include "app/window/space/space_command.h"

namespace monge {

SpaceExportDialog::SpaceExportDialog(SpaceSnapshotPtr moment, SpaceFigure initial, QWidget* parent)
    : OutputDialog(initial.spec, QStringLiteral("DIR"), parent),
      m_moment(std::move(moment)),
      m_start(std::move(initial)) {
  m_start.style.hovered = m_start.style.selected = -1;
  m_colour = new QComboBox;
  m_colour->addItems(
      {m_moment->training ? tr("Generator") : tr("Target"), tr("Mass"), tr("Mass error"), tr("Jump")});
  m_colour->setCurrentIndex(static_cast<int>(m_start.style.colour));
  form().rows()->insertRow(1, tr("Colour"), m_colour);
  connect(m_colour, &QComboBox::currentIndexChanged, this, &SpaceExportDialog::changed);
  setFormats(spaceFormats());
  changed();
}

SpaceFigure SpaceExportDialog::figure() const {
  SpaceFigure figure = m_start;
  figure.spec = form().appliedTo(m_start.spec);
  figure.spec.view = spaceView();
  figure.style.colour = static_cast<views::CellColour>(m_colour->currentIndex());
  return figure;
}

void SpaceExportDialog::enableControls() {
  form().axesBox()->setEnabled(isPicture());
  m_colour->setEnabled(isPicture() || isScene());
}

views::PagePainter SpaceExportDialog::painter() const {
  const bool asVectors = format() == QLatin1String("pdf") || format() == QLatin1String("svg");
  return [moment = m_moment, now = figure(), asVectors](QPainter& painter, const QRectF& page) {
    paintSpaceFigure(painter, page, *moment, now, asVectors);
  };
}

std::function<std::string(const QString&)> SpaceExportDialog::writer() const {
  return
      [moment = m_moment, now = figure()](const QString& file) { return spaceFileBytes(file, *moment, now); };
}

QString SpaceExportDialog::commandFor(const QString& source, const QString& file) const {
  return spaceCommand(source, file, figure(), m_moment->training != nullptr);
}

}  // namespace monge
