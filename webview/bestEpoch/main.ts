import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';
import type { BestEpochHost, BestEpochPage } from '../../src/protocol/pageMessages';
import { connectToHost } from '../host';
import './bestEpoch.css';
import { BestEpochView, type BestEpochState } from './bestEpochView';

provideVSCodeDesignSystem().register(vsCodeButton());

const host = connectToHost<BestEpochPage, BestEpochHost, BestEpochState>({
  show: content => view.show(content),
  correctLabels: labels => view.correctLabels(labels),
});
const view: BestEpochView = new BestEpochView(host);
document.body.append(view.element);
void view.fill();
