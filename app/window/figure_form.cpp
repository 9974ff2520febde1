// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/figure_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <cmath>

#include "app/window/panel_parts.h"

namespace monge {
namespace {

constexpr double kMmPerInch = 25.4;

QDoubleSpinBox* numberBox(double low, double high, double value, const QString& name) {
  auto* box = new QDoubleSpinBox;
  box->setRange(low, high);
  box->setDecimals(0);
  box->setValue(value);
  box->setAccessibleName(name);
  box->setButtonSymbols(QAbstractSpinBox::NoButtons);
  box->setFixedWidth(72);
  return box;
}

}  // namespace

FigureForm::FigureForm(const views::FigureSpec& start, QWidget* parent)
    : QWidget(parent), m_start(start), m_rows(new QFormLayout(this)) {
  m_rows->setContentsMargins(0, 0, 0, 0);
  m_rows->setVerticalSpacing(8);
  m_theme = new QComboBox;
  m_theme->addItem(tr("Figure, on white"), static_cast<int>(views::Theme::Figure));
  m_theme->addItem(tr("Light"), static_cast<int>(views::Theme::Light));
  m_theme->addItem(tr("Dark"), static_cast<int>(views::Theme::Dark));
  m_theme->setCurrentIndex(m_theme->findData(static_cast<int>(start.theme)));
  m_dpi = numberBox(30, 1200, start.dpi, tr("Dots per inch"));
  m_font = numberBox(4, 24, start.fontPt, tr("Text size in points"));
  m_transparent = new QCheckBox(tr("Transparent background"));
  m_transparent->setChecked(start.transparent);
  m_axes = new QCheckBox(tr("Axes"));
  m_axes->setChecked(start.axes);
  m_pixels = mutedLabel();
  m_size = makeSizeRow();
  m_rows->addRow(tr("Size"), m_size);
  m_rows->addRow(tr("DPI"), m_dpi);
  m_rows->addRow(QString(), m_pixels);
  m_rows->addRow(tr("Text, pt"), m_font);
  m_rows->addRow(tr("Theme"), m_theme);
  m_rows->addRow(QString(), m_transparent);
  m_rows->addRow(QString(), m_axes);
  connect(m_theme, &QComboBox::currentIndexChanged, this, &FigureForm::changed);
  for (QDoubleSpinBox* box : {m_width, m_height, m_dpi, m_font})
    connect(box, &QDoubleSpinBox::valueChanged, this, &FigureForm::changed);
  for (QCheckBox* box : {m_transparent, m_axes})
    connect(box, &QCheckBox::toggled, this, &FigureForm::changed);
  connect(this, &FigureForm::changed, this, &FigureForm::showPixels);
  showPixels();
}

QWidget* FigureForm::makeSizeRow() {
  auto* box = new QWidget;
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  m_width = numberBox(10, 2000, m_start.sizeMm.width(), tr("Width"));
  m_height = numberBox(10, 2000, m_start.sizeMm.height(), tr("Height"));
  m_width->setFixedWidth(58);
  m_height->setFixedWidth(58);
  m_unit = new QComboBox;
  m_unit->addItems({tr("mm"), tr("px")});
  m_unit->setAccessibleName(tr("Unit of the size"));
  row->addWidget(m_width);
  row->addWidget(new QLabel(QStringLiteral("×")));
  row->addWidget(m_height);
  row->addWidget(m_unit, 1);
  connect(m_unit, &QComboBox::currentIndexChanged, this, &FigureForm::unitChanged);
  return box;
}

void FigureForm::unitChanged() {
  const QSizeF mm = sizeMm();
  m_millimetres = m_unit->currentIndex() == 0;
  const double factor = m_millimetres ? 1 : m_dpi->value() / kMmPerInch;
  for (QDoubleSpinBox* box : {m_width, m_height}) box->setRange(10 * factor, 2000 * factor);
  m_width->setValue(mm.width() * factor);
  m_height->setValue(mm.height() * factor);
  emit changed();
}

QSizeF FigureForm::sizeMm() const {
  const QSizeF size(m_width->value(), m_height->value());
  return m_millimetres ? size : size * (kMmPerInch / m_dpi->value());
}

views::FigureSpec FigureForm::appliedTo(views::FigureSpec spec) const {
  spec.sizeMm = sizeMm();
  spec.dpi = m_dpi->value();
  spec.fontPt = m_font->value();
  spec.theme = static_cast<views::Theme>(m_theme->currentData().toInt());
  spec.transparent = m_transparent->isChecked();
  spec.axes = m_axes->isChecked();
  return spec;
}

void FigureForm::showPixels() {
  const QSizeF pixels = sizeMm() * (m_dpi->value() / kMmPerInch);
  m_pixels->setText(
      tr("%1 × %2 pixels as PNG").arg(std::lround(pixels.width())).arg(std::lround(pixels.height())));
}

void FigureForm::setApplies(bool isPicture, bool isRaster) {
  for (QWidget* control : {m_size, static_cast<QWidget*>(m_font), static_cast<QWidget*>(m_transparent),
                           static_cast<QWidget*>(m_axes)})
    control->setEnabled(isPicture);
  // A size in pixels is a size on paper by the dots per inch, of every picture.
  m_dpi->setEnabled(isRaster || (isPicture && !m_millimetres));
}

}  // namespace monge
