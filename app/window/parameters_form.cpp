// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/parameters_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSlider>
#include <QStyle>
#include <QVBoxLayout>
#include <cmath>

#include "app/window/panel_parts.h"
#include "core/base/error.h"

namespace monge {

namespace {

using Type = ParameterSpec::Type;

constexpr int kFieldWidth = 112;
constexpr double kSliderStep = 0.05;
constexpr auto kDot = "<span style='color:#E69F00; font-size:8px'>●</span>";

/// "k_means" as people read it.
QString spaced(const std::string& name) {
  return QString::fromStdString(name).replace('_', ' ');
}

QString tipOf(const ParameterSpec& spec) {
  QStringList lines{QString::fromStdString(spec.help).toHtmlEscaped()};
  if (spec.type == Type::Integer || spec.type == Type::Real || spec.type == Type::IntegerList) {
    lines << ParametersForm::tr("%1 to %2%3")
                 .arg(shortNumber(spec.minimum), shortNumber(spec.maximum),
                      spec.unit.empty() ? QString() : ' ' + QString::fromStdString(spec.unit));
  }
  for (std::size_t i = 0; i < spec.choices.size() && i < spec.choiceHelp.size(); ++i) {
    lines << QStringLiteral("<b>%1</b>: %2")
                 .arg(spaced(spec.choices[i]).toHtmlEscaped(),
                      QString::fromStdString(spec.choiceHelp[i]).toHtmlEscaped());
  }
  if (!spec.source.empty()) lines << QStringLiteral("<i>%1</i>").arg(QString::fromStdString(spec.source));
  if (spec.takes == ParameterSpec::Takes::Reset) lines << ParametersForm::tr("Takes effect after a reset.");
  return QStringLiteral("<qt>%1</qt>").arg(lines.join(QStringLiteral("<br>")));
}

}  // namespace

QString parameterText(const ParameterSpec& spec, const nlohmann::json& value) {
  switch (spec.type) {
    case Type::Integer:
      return value.is_number() ? QString::number(value.get<qint64>()) : QString();
    case Type::Real:
      return value.is_number() ? shortNumber(value.get<double>()) : QString();
    case Type::IntegerList: {
      QStringList parts;
      for (const auto& item : value) parts << QString::number(item.get<qint64>());
      return parts.join(QStringLiteral(", "));
    }
    case Type::Boolean:
      return value.is_boolean() && value.get<bool>() ? QStringLiteral("true") : QStringLiteral("false");
    case Type::ChoiceOrShares: {
      if (!value.is_array()) break;
      QStringList parts;
      for (const auto& item : value) parts << shortNumber(item.get<double>());
      return parts.join(QStringLiteral(", "));
    }
    case Type::Text:
      return value.is_string() ? QString::fromStdString(value.get<std::string>()) : QString();
    case Type::Choice:
      break;
  }
  return value.is_string() ? spaced(value.get<std::string>()) : QString();
}

ParameterField::ParameterField(const ParameterSpec& spec, QWidget* parent)
    : QWidget(parent), m_spec(spec), m_problem(new QLabel(this)), m_note(mutedLabel()) {
  m_editor = makeEditor();
  m_editor->setObjectName(QString::fromStdString(spec.key));
  m_editor->setAccessibleName(QString::fromStdString(spec.label));
  m_editor->setToolTip(tipOf(spec));
  m_problem->setProperty("role", "problem");
  m_problem->setWordWrap(true);
  m_problem->hide();
  m_note->setWordWrap(true);
  m_note->hide();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addWidget(m_editor);
  if (spec.slider) makeSlider();
  setFixedWidth(kFieldWidth);
}

QWidget* ParameterField::makeEditor() {
  if (m_spec.type == Type::Choice) return makeChoice();
  if (m_spec.type == Type::ChoiceOrShares) return makeChoiceOrShares();
  if (m_spec.type != Type::Boolean) return makeText();
  auto* box = new QCheckBox;
  box->setFocusPolicy(Qt::TabFocus);
  connect(box, &QCheckBox::clicked, this, [this](bool on) {
    m_value = on;
    emit edited(m_value, false);
  });
  return box;
}

QWidget* ParameterField::makeChoice() {
  auto* combo = new QComboBox;
  combo->setFocusPolicy(Qt::TabFocus);
  combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  combo->installEventFilter(this);  // the wheel scrolls the form, not the value
  for (std::size_t i = 0; i < m_spec.choices.size(); ++i) {
    combo->addItem(spaced(m_spec.choices[i]), QString::fromStdString(m_spec.choices[i]));
    if (i < m_spec.choiceHelp.size()) {
      combo->setItemData(static_cast<int>(i), QString::fromStdString(m_spec.choiceHelp[i]), Qt::ToolTipRole);
    }
  }
  connect(combo, &QComboBox::activated, this,
          [this, combo](int index) { takeText(combo->itemData(index).toString()); });
  return combo;
}

/// The choices, and room to type numbers.
QWidget* ParameterField::makeChoiceOrShares() {
  auto* combo = qobject_cast<QComboBox*>(makeChoice());
  combo->setEditable(true);
  combo->setInsertPolicy(QComboBox::NoInsert);
  connect(combo->lineEdit(), &QLineEdit::editingFinished, this,
          [this, combo] { takeText(combo->currentText()); });
  return combo;
}

void ParameterField::makeSlider() {
  m_slider = new QSlider(Qt::Horizontal);
  m_slider->setRange(0, static_cast<int>(std::lround((m_spec.maximum - m_spec.minimum) / kSliderStep)));
  m_slider->setPageStep(10);
  m_slider->setAccessibleName(QString::fromStdString(m_spec.label));
  m_slider->setToolTip(tipOf(m_spec));
  m_slider->installEventFilter(this);  // the wheel scrolls the form, not the value
  connect(m_slider, &QSlider::sliderPressed, this, [this] { m_sliding = false; });
  connect(m_slider, &QSlider::valueChanged, this, &ParameterField::takeSlider);
  layout()->addWidget(m_slider);
}

void ParameterField::takeSlider(int step) {
  const double value = QString::number(m_spec.minimum + step * kSliderStep, 'f', 2).toDouble();
  m_value = value;
  qobject_cast<QLineEdit*>(m_editor)->setText(parameterText(m_spec, m_value));
  setProblem({});
  emit edited(m_value, m_slider->isSliderDown() && m_sliding);
  m_sliding = m_slider->isSliderDown();
}

QWidget* ParameterField::makeText() {
  auto* line = new QLineEdit;
  line->installEventFilter(this);
  connect(line, &QLineEdit::editingFinished, this, [this, line] { takeText(line->text()); });
  return line;
}

bool ParameterField::eventFilter(QObject* watched, QEvent* event) {
  const bool scrolls = watched == m_slider || (watched == m_editor && qobject_cast<QComboBox*>(m_editor));
  if (event->type() == QEvent::Wheel && scrolls) {
    event->ignore();
    return true;
  }
  if (event->type() != QEvent::KeyPress || watched == m_slider) return QWidget::eventFilter(watched, event);
  const int key = static_cast<QKeyEvent*>(event)->key();
  if (key == Qt::Key_Escape && qobject_cast<QLineEdit*>(m_editor)) {
    setValue(m_value);
    return true;
  }
  const bool number = m_spec.type == Type::Integer || m_spec.type == Type::Real;
  if (!number || (key != Qt::Key_Up && key != Qt::Key_Down)) return QWidget::eventFilter(watched, event);
  stepBy(key == Qt::Key_Up ? 1 : -1);
  return true;
}

void ParameterField::stepBy(int direction) {
  if (!m_value.is_number()) return;
  double value = m_value.get<double>();
  if (m_spec.logarithmic && value > 0) {
    // Half a decade, rounded to a digit: 1e-4, 3e-4, 1e-3.
    value *= std::pow(10.0, 0.5 * direction);
    value = QString::number(value, 'g', 1).toDouble();
  } else {
    value += direction * (m_spec.type == Type::Integer ? 1 : 0.1);
  }
  takeText(shortNumber(std::clamp(value, m_spec.minimum, m_spec.maximum)));
  setValue(m_value);
}

void ParameterField::takeText(const QString& text) {
  try {
    const nlohmann::json value = parseParameter(m_spec, text.trimmed().toStdString(), "");
    setProblem({});
    if (value == m_value) return setValue(m_value);
    m_value = value;
    setValue(value);
    emit edited(value, false);
  } catch (const Error& error) {
    setProblem(QString::fromUtf8(error.what()));
  }
}

void ParameterField::setValue(const nlohmann::json& value) {
  m_value = value;
  const QString text = parameterText(m_spec, value);
  setProblem({});
  if (m_slider && value.is_number() && !m_slider->isSliderDown()) {
    const QSignalBlocker quiet(m_slider);
    m_slider->setValue(static_cast<int>(std::lround((value.get<double>() - m_spec.minimum) / kSliderStep)));
  }
  if (auto* line = qobject_cast<QLineEdit*>(m_editor)) {
    line->setText(text);
    line->setCursorPosition(0);
  } else if (auto* combo = qobject_cast<QComboBox*>(m_editor)) {
    combo->setCurrentText(text);  // an editable one takes any
  } else if (auto* box = qobject_cast<QCheckBox*>(m_editor)) {
    box->setChecked(value.is_boolean() && value.get<bool>());
  }
}

void ParameterField::setProblem(const QString& message) {
  const bool was = m_editor->property("problem").toBool();
  m_problem->setText(message);
  m_problem->setVisible(!message.isEmpty());
  if (was == !message.isEmpty()) return;
  m_editor->setProperty("problem", !message.isEmpty());
  m_editor->style()->unpolish(m_editor);
  m_editor->style()->polish(m_editor);
}

void ParameterField::setNote(const QString& note) {
  m_note->setText(note);
  m_note->setVisible(!note.isEmpty());
}

QString ParameterField::problem() const {
  return m_problem->text();
}

ParametersForm::ParametersForm(QWidget* parent) : QWidget(parent), m_footer(mutedLabel()) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(8);
  m_footer->setTextFormat(Qt::RichText);
  m_footer->setWordWrap(true);
  m_footer->setObjectName(QStringLiteral("resetFooter"));
  column->addWidget(m_footer);
  connect(m_footer, &QLabel::linkActivated, this, &ParametersForm::resetWanted);
  setWaiting(0);
}

void ParametersForm::setMethod(const MethodSpec& method, const nlohmann::json& values) {
  const QString name = QString::fromStdString(method.name);
  if (name != m_method) rebuild(method);
  m_method = name;
  m_values = nlohmann::json::object();
  for (const ParameterSpec& spec : method.parameters) {
    setValue(QString::fromStdString(spec.key), values.value(spec.key, spec.defaultValue));
  }
}

void ParametersForm::greyOut() {
  for (const Row& row : m_parameters) {
    const bool counts = row.spec.counts(m_values);
    row.label->setEnabled(counts);
    m_fields.value(QString::fromStdString(row.spec.key))->setEnabled(counts);
  }
}

void ParametersForm::rebuild(const MethodSpec& method) {
  delete m_rows;
  m_fields.clear();
  m_parameters.clear();
  m_rows = new QWidget;
  auto* grid = new QGridLayout(m_rows);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(6);
  grid->setVerticalSpacing(4);
  grid->setColumnStretch(0, 1);
  // Groups in order of first appearance, whatever the order of their parameters.
  std::vector<std::string> groups;
  for (const ParameterSpec& spec : method.parameters) {
    if (std::find(groups.begin(), groups.end(), spec.group) == groups.end()) groups.push_back(spec.group);
  }
  for (const std::string& group : groups) {
    QLabel* head = mutedLabel(QString::fromStdString(group));
    head->setContentsMargins(0, groups.front() == group ? 0 : 8, 0, 0);
    grid->addWidget(head, grid->rowCount(), 0, 1, 3);
    for (const ParameterSpec& spec : method.parameters) {
      if (spec.group == group) addRow(*grid, spec);
    }
  }
  static_cast<QVBoxLayout*>(layout())->insertWidget(0, m_rows);
}

void ParametersForm::addRow(QGridLayout& grid, const ParameterSpec& spec) {
  const QString key = QString::fromStdString(spec.key);
  auto* field = new ParameterField(spec);
  auto* label = new QLabel(QString::fromStdString(spec.label));
  label->setWordWrap(true);
  label->setToolTip(tipOf(spec));
  label->setBuddy(field->editor());
  const int row = grid.rowCount();
  grid.addWidget(label, row, 0);
  if (spec.takes == ParameterSpec::Takes::Reset) {
    auto* dot = new QLabel(QString::fromUtf8(kDot));
    dot->setToolTip(tr("Takes effect after a reset"));
    grid.addWidget(dot, row, 1);
  }
  grid.addWidget(field, row, 2);
  grid.addWidget(field->problemLabel(), row + 1, 0, 1, 3);
  grid.addWidget(field->noteLabel(), row + 2, 0, 1, 3);
  m_fields.insert(key, field);
  m_parameters.push_back({spec, label});
  connect(field, &ParameterField::edited, this,
          [this, key](const nlohmann::json& value, bool continues) { emit edited(key, value, continues); });
}

void ParametersForm::setValue(const QString& key, const nlohmann::json& value) {
  if (ParameterField* field = m_fields.value(key)) field->setValue(value);
  m_values[key.toStdString()] = value;
  greyOut();
}

void ParametersForm::setProblem(const QString& key, const QString& message) {
  if (ParameterField* field = m_fields.value(key)) field->setProblem(message);
}

void ParametersForm::setNote(const QString& key, const QString& note) {
  if (ParameterField* field = m_fields.value(key)) field->setNote(note);
}

void ParametersForm::setWaiting(int count) {
  const QString dot = QString::fromUtf8(kDot);
  m_footer->setText(count == 0 ? dot + ' ' + tr("takes effect after a reset")
                               : dot + ' ' + tr("%n change(s) wait for a reset.", nullptr, count) +
                                     QStringLiteral(" <a href='reset'>%1</a>").arg(tr("Reset now")));
}

}  // namespace monge
