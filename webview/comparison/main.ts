import { provideVSCodeDesignSystem, vsCodeButton, vsCodeCheckbox } from '@vscode/webview-ui-toolkit';
import type { ComparisonHost, ComparisonPage } from '../../src/protocol/comparisonMessages';
import { connectToHost } from '../host';
import './comparison.css';
import type { ComparisonState } from './comparisonModel';
import { ComparisonView } from './comparisonView';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox());

const host = connectToHost<ComparisonPage, ComparisonHost, ComparisonState>({
  append: ({ folder, event }) => view.append(folder, event),
  show: content => view.show(content),
});
const view: ComparisonView = new ComparisonView(host);
document.body.append(view.element);
void view.fill();
